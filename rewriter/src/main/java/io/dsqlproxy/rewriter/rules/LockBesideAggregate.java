package io.dsqlproxy.rewriter.rules;

import io.dsqlproxy.rewriter.LockForm;
import io.dsqlproxy.rewriter.RuleId;
import io.dsqlproxy.rewriter.Verdict;
import io.dsqlproxy.rewriter.analysis.FunctionCatalog;
import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.StatementStructure.Relation;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;

/**
 * MySQL locks the rows that an aggregate, {@code DISTINCT} or {@code GROUP BY} reads; PostgreSQL
 * refuses a lock there. The lock moves into a sub-query:
 *
 * <pre>
 * SELECT MAX(id) FROM queue q WHERE type = ? FOR UPDATE
 * SELECT MAX(id) FROM (SELECT * FROM queue q WHERE type = ? FOR UPDATE) AS q
 * </pre>
 *
 * It applies where the query reads one table: the sub-query then takes the table's name. Behind a
 * join, and where the structure is not known, the other rules decide.
 */
final class LockBesideAggregate implements LockingRule {

  /** The words that end FROM and WHERE: reserved, so that none of them is a name. */
  private static final Set<String> SECTION_ENDS =
      Set.of("GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH");

  @Override
  public RuleId id() {
    return RuleId.LOCK_BESIDE_AGGREGATE;
  }

  @Override
  public boolean appliesTo(LockContext context) {
    LockingClause clause = context.clause();
    return clause.hasFrom()
        && context.statement().isOnlyLockOfItsQuery(clause)
        && context.relations().size() == 1
        && from(context) >= 0
        && refusedByPostgres(context);
  }

  @Override
  public Decision apply(LockContext context) {
    LockForm form = context.target();
    if (form == LockForm.NONE || form.isPostponed()) {
      context.removeClause();
      return form.isPostponed()
          ? new Decision(
              Verdict.REWRITTEN,
              "the lock policy defers it: before the transaction's first write a sub-query locks"
                  + " the rows that are read, and never if it writes nothing")
          : new Decision(
              Verdict.REWRITTEN_WITH_LOSS,
              "the lock policy asks for it: another transaction may change the rows unnoticed");
    }
    Tokens tokens = context.statement().tokens();
    LockingClause clause = context.clause();
    Relation table = context.relations().get(0);
    int from = from(context);
    String strength =
        context.words(
            form == LockForm.FOR_UPDATE ? LockStrength.FOR_UPDATE : LockStrength.FOR_KEY_SHARE);
    String options =
        clause.end() > clause.strengthEnd()
            ? " " + tokens.text(clause.strengthEnd(), clause.end())
            : "";
    int last = sectionEnd(context, from) - 1;
    context
        .edits()
        .insertBefore(
            from, context.edits().isLowerCase(from) ? "from (select *" : "FROM (SELECT *");
    context.edits().insertAfter(last, " " + strength + options + ") AS " + table.aliasText());
    context.removeClause();
    return new Decision(
        form == LockForm.FOR_UPDATE || clause.strength() == LockStrength.FOR_KEY_SHARE
            ? Verdict.REWRITTEN
            : Verdict.REWRITTEN_WITH_LOSS,
        LockingRule.withWaitNote(
            clause,
            "PostgreSQL allows no lock beside an aggregate, DISTINCT or GROUP BY: a sub-query locks"
                + " the rows that are read"));
  }

  /** Looks where PostgreSQL's grammar has aggregates: beside FROM and WHERE, not inside. */
  private static boolean refusedByPostgres(LockContext context) {
    Tokens tokens = context.statement().tokens();
    int select = context.clause().select();
    int from = from(context);
    return tokens.isWord(select + 1, "DISTINCT")
        || aggregates(tokens, select + 1, from)
        || aggregates(tokens, sectionEnd(context, from), context.clause().first());
  }

  /** What stands in sub-queries is those queries' business. */
  private static boolean aggregates(Tokens tokens, int first, int end) {
    int subQuery = 0;
    int depth = 0;
    for (int i = first; i < end; i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
        if (subQuery == 0 && startsQuery(tokens, i + 1)) {
          subQuery = depth;
        }
      } else if (tokens.isPunctuation(i, ')')) {
        if (depth == subQuery) {
          subQuery = 0;
        }
        depth--;
      } else if (subQuery == 0
          && !tokens.isPunctuation(i - 1, '.')
          && (depth == 0 && startsGroups(tokens, i) || isAggregate(tokens, i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsQuery(Tokens tokens, int token) {
    return tokens.isWord(token, "SELECT")
        || tokens.isWord(token, "WITH")
        || tokens.isWord(token, "VALUES")
        || tokens.isWord(token, "TABLE");
  }

  private static boolean startsGroups(Tokens tokens, int token) {
    return tokens.isWord(token, "HAVING")
        || tokens.isWord(token, "GROUP") && tokens.isWord(token + 1, "BY");
  }

  /** Whether a function of PostgreSQL's own is called that stands for many rows. */
  private static boolean isAggregate(Tokens tokens, int token) {
    int name =
        tokens.isWord(token, "PG_CATALOG") && tokens.isPunctuation(token + 1, '.')
            ? token + 2
            : token;
    if (!tokens.isName(name) || !tokens.isPunctuation(name + 1, '(')) {
      return false;
    }
    FunctionCatalog.Kind kind = FunctionCatalog.kind(Ascii.toLowerCase(tokens.text(name)));
    return kind == FunctionCatalog.Kind.AGGREGATE || kind == FunctionCatalog.Kind.WINDOW;
  }

  /** The FROM of the query, or -1 if it cannot be told from a column that is called so. */
  private static int from(LockContext context) {
    Tokens tokens = context.statement().tokens();
    int depth = 0;
    for (int i = context.clause().select() + 1; i < context.clause().first(); i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')')) {
        depth--;
      } else if (depth == 0
          && tokens.isWord(i, "FROM")
          && !isLabel(tokens, i)
          && !isDistinctFrom(tokens, i)) {
        return i;
      }
    }
    return -1;
  }

  /** {@code t.from} is a column, and {@code AS from} names one. */
  private static boolean isLabel(Tokens tokens, int from) {
    return tokens.isPunctuation(from - 1, '.') || tokens.isWord(from - 1, "AS");
  }

  /** {@code IS [NOT] DISTINCT FROM}: anything else called distinct is a column before the FROM. */
  private static boolean isDistinctFrom(Tokens tokens, int from) {
    return tokens.isWord(from - 1, "DISTINCT")
        && (tokens.isWord(from - 2, "IS")
            || tokens.isWord(from - 2, "NOT") && tokens.isWord(from - 3, "IS"));
  }

  private static int sectionEnd(LockContext context, int from) {
    Tokens tokens = context.statement().tokens();
    int depth = 0;
    for (int i = from + 1; i < context.clause().first(); i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')')) {
        depth--;
      } else if (depth == 0
          && !tokens.isPunctuation(i - 1, '.')
          && tokens.isName(i)
          && SECTION_ENDS.contains(Ascii.toUpperCase(tokens.text(i)))) {
        return i;
      }
    }
    return context.clause().first();
  }
}
