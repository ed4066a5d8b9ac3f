package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockForm;
import io.dsqlproxy.rewriter.LockPolicy;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.StatementStructure;
import io.dsqlproxy.rewriter.analysis.StatementStructure.Relation;
import io.dsqlproxy.rewriter.lexical.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One locking clause and all that a rule may ask about it. Confined to its thread.
 *
 * @param statement the statement that holds the clause
 * @param clause the clause
 * @param policy which forms may take the place of refused locks
 * @param structure asks the parser, once; gives null if it cannot tell
 * @param edits where a rule puts its changes
 * @param postponement what can be said about taking the lock later; null if it is taken now
 */
public record LockContext(
    Statement statement,
    LockingClause clause,
    LockPolicy policy,
    Supplier<StatementStructure> structure,
    Edits edits,
    Postponement postponement) {

  /** The tables in the FROM list that the clause stands behind; empty if they are not known. */
  List<Relation> relations() {
    StatementStructure known = clause.select() < 0 ? null : structure.get();
    return known == null ? List.of() : known.relations(clause.select());
  }

  /** The form that takes the clause's place in a transaction. */
  public LockForm target() {
    LockForm form = asked();
    return form.isPostponed() && (postponement == null || postponement.obstacle(form) != null)
        ? LockPolicy.unchanged(clause.strength())
        : form;
  }

  /** Why the lock is taken now although the policy would postpone it, as a clause; or null. */
  String obstacleToPostponement() {
    LockForm form = asked();
    return form.isPostponed() && postponement != null ? postponement.obstacle(form) : null;
  }

  private LockForm asked() {
    return policy.form(clause.strength(), policy.dependsOnTables() ? lockedTables() : List.of());
  }

  /** The tables that the clause reaches: those named after OF, or else all; empty if not known. */
  private List<QualifiedName> lockedTables() {
    List<QualifiedName> tables = new ArrayList<>();
    List<Relation> relations = relations();
    if (clause.of().isEmpty()) {
      relations.forEach(relation -> tables.add(relation.table()));
      return tables;
    }
    for (QualifiedName named : clause.of()) {
      Relation relation = relationCalled(named, relations);
      if (relation == null) {
        return List.of();
      }
      tables.add(relation.table());
    }
    return tables;
  }

  private static Relation relationCalled(QualifiedName named, List<Relation> relations) {
    for (Relation relation : relations) {
      if (relation.alias().equals(named.name())) {
        return relation;
      }
    }
    return null;
  }

  /** Puts other words in the place of the strength, in the case of the original. */
  void replaceStrength(LockStrength with) {
    String[] words = words(with).split(" ");
    int token = clause.first();
    for (int i = 0; i < words.length; i++) {
      boolean lastToken = token == clause.strengthEnd() - 1;
      String word =
          lastToken ? String.join(" ", List.of(words).subList(i, words.length)) : words[i];
      if (!statement.tokens().isWord(token, Ascii.toUpperCase(word))) {
        edits.replace(token, word);
      }
      token++;
      if (lastToken) {
        return;
      }
    }
    edits.remove(token, clause.strengthEnd());
  }

  /** The words of a lock, in lower case if the clause is written so. */
  String words(LockStrength strength) {
    return edits.isLowerCase(clause.first()) ? Ascii.toLowerCase(strength.sql()) : strength.sql();
  }

  /**
   * What becomes of the clause where its statement is a whole transaction that writes nothing: the
   * lock would end with the statement and protect nothing, so it goes, and with it the conflicts
   * that it could only lose. A clause that locks nothing stays.
   */
  public LockingRule.Decision removeFromWholeTransaction(LockingRule rule) {
    if (rule instanceof LockWithoutTable) {
      return rule.apply(this);
    }
    removeClause();
    return new LockingRule.Decision(
        Verdict.REWRITTEN,
        "alone in its transaction, a statement that writes nothing needs no lock");
  }

  /** Takes the clause out. */
  void removeClause() {
    edits.remove(clause.first(), clause.end());
  }
}
