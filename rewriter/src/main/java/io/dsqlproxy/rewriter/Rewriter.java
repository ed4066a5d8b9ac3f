package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.PlannedForm.Emulate;
import io.dsqlproxy.rewriter.PlannedForm.Refuse;
import io.dsqlproxy.rewriter.PlannedForm.Send;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.ReadingStatement;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.StatementScanner;
import io.dsqlproxy.rewriter.analysis.StatementStructure;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import io.dsqlproxy.rewriter.rules.Edits;
import io.dsqlproxy.rewriter.rules.LockContext;
import io.dsqlproxy.rewriter.rules.LockStatement;
import io.dsqlproxy.rewriter.rules.LockingRule;
import io.dsqlproxy.rewriter.rules.LockingRules;
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
  private final LockEmulation emulation;

  /** A rewriter that refuses what Aurora DSQL has no lock for. */
  public Rewriter(LockPolicy policy) {
    this(policy, LockEmulation.NONE);
  }

  /**
   * A rewriter.
   *
   * @param policy which forms take the place of row locks that Aurora DSQL refuses
   * @param emulation which of the locks on other things than rows are emulated
   */
  public Rewriter(LockPolicy policy, LockEmulation emulation) {
    this.policy = Objects.requireNonNull(policy, "policy");
    this.emulation = Objects.requireNonNull(emulation, "emulation");
  }

  @Override
  public Plan plan(String sql) {
    if (!StatementScanner.mayHoldLock(sql)) {
      return Plan.unchanged(sql);
    }
    Tokens tokens = Lexer.tokenize(sql);
    List<Statement> statements = StatementScanner.scan(tokens);
    LockStatement lock = LockStatement.firstIn(statements, emulation);
    if (lock != null) {
      PlannedForm form = form(lock, tokens);
      return new Plan(sql, form, form);
    }
    if (statements.stream().allMatch(statement -> statement.locks().isEmpty())) {
      return Plan.unchanged(sql);
    }
    return new Planning(tokens, statements).plan();
  }

  /** The same in every situation: such a lock protects what happens after its statement. */
  private static PlannedForm form(LockStatement lock, Tokens tokens) {
    String before = tokens.text(lock.first(), lock.end());
    Finding finding =
        new Finding(
            lock.rule(),
            new Finding.Place(0, 1, 1).forward(tokens.text(), tokens.start(lock.first())),
            before,
            lock.request() == null ? before : lock.request().answer().granted(),
            lock.verdict(),
            lock.reason());
    return lock.request() == null
        ? new Refuse(finding, List.of(finding))
        : new Emulate(lock.request(), List.of(finding));
  }

  /** The planning of one text. Confined to its thread. */
  private final class Planning {

    private final Tokens tokens;
    private final List<Statement> statements;
    private final Map<Statement, StatementStructure> structures = new IdentityHashMap<>();

    Planning(Tokens tokens, List<Statement> statements) {
      this.tokens = tokens;
      this.statements = statements;
    }

    Plan plan() {
      PlannedForm inTransaction = form(false);
      PlannedForm autocommit = onlyReads() ? form(true) : inTransaction;
      return new Plan(tokens.text(), autocommit, inTransaction);
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

    private PlannedForm form(boolean wholeTransaction) {
      Edits edits = new Edits(tokens);
      List<Decided> decided = new ArrayList<>();
      for (Statement statement : statements) {
        for (LockingClause clause : statement.locks()) {
          LockContext context =
              new LockContext(statement, clause, policy, () -> structure(statement), edits);
          LockingRule rule = LockingRules.ruleFor(context);
          LockingRule.Decision decision =
              wholeTransaction ? context.removeFromWholeTransaction(rule) : rule.apply(context);
          decided.add(new Decided(rule.id(), clause, decision));
        }
      }
      return finish(edits, decided);
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
