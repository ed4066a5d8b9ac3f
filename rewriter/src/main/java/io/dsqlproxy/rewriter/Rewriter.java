package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.PlannedForm.Refuse;
import io.dsqlproxy.rewriter.PlannedForm.Send;
import io.dsqlproxy.rewriter.analysis.Effects;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.ReadingStatement;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.StatementScanner;
import io.dsqlproxy.rewriter.analysis.StatementStructure;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import io.dsqlproxy.rewriter.rules.Edits;
import io.dsqlproxy.rewriter.rules.LockContext;
import io.dsqlproxy.rewriter.rules.LockingRule;
import io.dsqlproxy.rewriter.rules.LockingRules;
import io.dsqlproxy.rewriter.rules.Postponement;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Plans a statement from its text alone.
 *
 * <p>The {@linkplain StatementScanner scanner} finds the locking clauses, and the {@linkplain
 * LockingRules rules} say what is sent in their place. In autocommit a text that only reads loses
 * its locks: they would end with it. A text of several statements is one implicit transaction and
 * is judged as a whole.
 *
 * <p>Pure: no I/O, no clock. Safe for use by many threads.
 */
public final class Rewriter implements Planner {

  /** Longer scripts are not asked about their structure, so that planning stays quick. */
  private static final int MOST_STATEMENTS_PARSED = 100;

  private final LockPolicy policy;
  private final boolean postpones;

  public Rewriter(LockPolicy policy) {
    this.policy = Objects.requireNonNull(policy, "policy");
    this.postpones = policy.postpones();
  }

  @Override
  public Plan plan(String sql) {
    if (leavesAsItIs(sql)) {
      return Plan.unchanged(sql);
    }
    Tokens tokens = Lexer.tokenize(sql);
    List<Statement> statements = StatementScanner.scan(tokens);
    Planning planning = new Planning(tokens, statements);
    return statements.stream().allMatch(statement -> statement.locks().isEmpty())
        ? planning.planWithoutLocks()
        : planning.plan();
  }

  @Override
  public boolean leavesAsItIs(String sql) {
    return !postpones && !StatementScanner.mayHoldLock(sql);
  }

  /** The planning of one text. Confined to its thread. */
  private final class Planning {

    private final Tokens tokens;
    private final List<Statement> statements;
    private final Map<Statement, StatementStructure> structures = new IdentityHashMap<>();

    /** The strongest form that postponed a lock of the form that was made last; or null. */
    private LockForm strongest;

    Planning(Tokens tokens, List<Statement> statements) {
      this.tokens = tokens;
      this.statements = statements;
    }

    Plan plan() {
      PlannedForm inTransaction = inTransaction();
      PlannedForm autocommit = onlyReads() ? form(true, null) : locked(inTransaction);
      return new Plan(tokens.text(), autocommit, inTransaction, effect());
    }

    Plan planWithoutLocks() {
      PlannedForm form = Send.unchanged(tokens.text());
      return new Plan(tokens.text(), form, form, effect());
    }

    private Effect effect() {
      if (!postpones || statements.size() > 1) {
        return Effect.ANYTHING;
      }
      return statements.isEmpty() || onlyReads()
          ? Effect.NOTHING
          : Effects.of(statements.get(0), policy);
    }

    private PlannedForm inTransaction() {
      if (!postpones) {
        return form(false, null);
      }
      Postponement postponement = Postponement.of(statements, onlyReads(), policy);
      PlannedForm form = form(false, postponement);
      if (strongest == null || !(form instanceof Send postponed)) {
        return form;
      }
      VersionedRead versions = strongest == LockForm.CONDITIONAL ? postponement.versions() : null;
      PlannedForm locked = form(false, null);
      return locked instanceof Send send
          ? new Send(postponed.sql(), postponed.findings(), new PostponedLock(send, versions))
          : locked;
    }

    private static PlannedForm locked(PlannedForm form) {
      return form instanceof Send send && send.postponed() != null
          ? send.postponed().locked()
          : form;
    }

    private boolean onlyReads() {
      for (Statement statement : statements) {
        if (!ReadingStatement.onlyReads(statement, structure(statement))) {
          return false;
        }
      }
      return true;
    }

    /** Each statement goes through the parser at most once, and only if somebody asks. */
    private StatementStructure structure(Statement statement) {
      if (statements.size() > MOST_STATEMENTS_PARSED) {
        return null;
      }
      if (!structures.containsKey(statement)) {
        structures.put(statement, StatementStructure.of(statement));
      }
      return structures.get(statement);
    }

    /**
     * A form of the text.
     *
     * @param postponement null if no lock is to be postponed
     */
    private PlannedForm form(boolean wholeTransaction, Postponement postponement) {
      strongest = null;
      Edits edits = new Edits(tokens);
      List<Decided> decided = new ArrayList<>();
      for (Statement statement : statements) {
        for (LockingClause clause : statement.locks()) {
          LockContext context =
              new LockContext(
                  statement, clause, policy, () -> structure(statement), edits, postponement);
          LockingRule rule = LockingRules.ruleFor(context);
          notePostponed(rule, context.target());
          LockingRule.Decision decision =
              wholeTransaction ? context.removeFromWholeTransaction(rule) : rule.apply(context);
          decided.add(new Decided(rule.id(), clause, decision));
        }
      }
      return finish(edits, decided);
    }

    private void notePostponed(LockingRule rule, LockForm form) {
      if (form.isPostponed()
          && rule.id() != RuleId.LOCK_WITHOUT_TABLE
          && (strongest == null || form.compareTo(strongest) < 0)) {
        strongest = form;
      }
    }

    private PlannedForm finish(Edits edits, List<Decided> decided) {
      String changed = edits.apply();
      List<Finding> findings = new ArrayList<>();
      Finding.Place place = new Finding.Place(0, 1, 1);
      for (Decided one : decided) {
        place = place.forward(tokens.text(), tokens.start(one.clause().first()));
        findings.add(
            new Finding(
                one.rule(),
                place,
                text(one.clause()),
                edits.applied(one.clause().first(), one.clause().end()),
                one.decision().verdict(),
                one.decision().reason()));
      }
      if (changed != tokens.text() && !edits.changedNothingElse(changed)) {
        return refuse(findings);
      }
      return new Send(changed, findings);
    }

    /** Nothing known leads here; an edit that is not what it should be must not be sent. */
    private PlannedForm refuse(List<Finding> findings) {
      Finding first = findings.get(0);
      Finding refusal =
          new Finding(
              first.rule(),
              first.place(),
              first.before(),
              first.before(),
              Verdict.REFUSED,
              "the lock cannot be rewritten without touching the text around it; put white space"
                  + " around the locking clause");
      return new Refuse(refusal, List.of(refusal));
    }

    private String text(LockingClause clause) {
      return tokens.text(clause.first(), clause.end());
    }
  }

  /** A clause, the rule that decided about it, and what it decided. */
  private record Decided(RuleId rule, LockingClause clause, LockingRule.Decision decision) {}
}
