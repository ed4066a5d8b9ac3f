package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.PlannedForm.Emulate;
import io.dsqlproxy.rewriter.PlannedForm.Refuse;
import io.dsqlproxy.rewriter.PlannedForm.Send;
import io.dsqlproxy.rewriter.analysis.Effects;
import io.dsqlproxy.rewriter.analysis.LockingClause;
import io.dsqlproxy.rewriter.analysis.ReadingStatement;
import io.dsqlproxy.rewriter.analysis.Statement;
import io.dsqlproxy.rewriter.analysis.StatementScanner;
import io.dsqlproxy.rewriter.analysis.StatementStructure;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import io.dsqlproxy.rewriter.analysis.TransactionModes.Mode;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.Tokens;
import io.dsqlproxy.rewriter.rules.Edits;
import io.dsqlproxy.rewriter.rules.IsolationLevel;
import io.dsqlproxy.rewriter.rules.LockContext;
import io.dsqlproxy.rewriter.rules.LockStatement;
import io.dsqlproxy.rewriter.rules.LockingRule;
import io.dsqlproxy.rewriter.rules.LockingRule.Decision;
import io.dsqlproxy.rewriter.rules.LockingRules;
import io.dsqlproxy.rewriter.rules.Postponement;
import io.dsqlproxy.rewriter.rules.SessionSetting;
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
 * is judged as a whole. Isolation levels are {@linkplain IsolationLevel judged} wherever a
 * statement asks for one.
 *
 * <p>Pure: no I/O, no clock. Safe for use by many threads.
 */
public final class Rewriter implements Planner {

  /** Longer scripts are not asked about their structure, so that planning stays quick. */
  private static final int MOST_STATEMENTS_PARSED = 100;

  private final LockPolicy policy;
  private final boolean allowWeakerIsolation;
  private final LockEmulation emulation;
  private final boolean emulatesSettings;
  private final boolean postpones;

  /** A rewriter that refuses SERIALIZABLE, and what Aurora DSQL has no lock for. */
  public Rewriter(LockPolicy policy) {
    this(policy, false);
  }

  /**
   * A rewriter.
   *
   * @param allowWeakerIsolation whether SERIALIZABLE may become REPEATABLE READ
   */
  public Rewriter(LockPolicy policy, boolean allowWeakerIsolation) {
    this(policy, allowWeakerIsolation, LockEmulation.NONE);
  }

  /**
   * A rewriter.
   *
   * @param allowWeakerIsolation whether SERIALIZABLE may become REPEATABLE READ
   * @param emulation which of the locks on other things than rows are emulated
   */
  public Rewriter(LockPolicy policy, boolean allowWeakerIsolation, LockEmulation emulation) {
    this(policy, allowWeakerIsolation, emulation, false);
  }

  /**
   * A rewriter.
   *
   * @param allowWeakerIsolation whether SERIALIZABLE may become REPEATABLE READ
   * @param emulation which of the locks on other things than rows are emulated
   * @param emulatesSettings whether {@code SET ROLE} and {@code set_config} are
   */
  public Rewriter(
      LockPolicy policy,
      boolean allowWeakerIsolation,
      LockEmulation emulation,
      boolean emulatesSettings) {
    this.emulatesSettings = emulatesSettings;
    this.policy = Objects.requireNonNull(policy, "policy");
    this.allowWeakerIsolation = allowWeakerIsolation;
    this.emulation = Objects.requireNonNull(emulation, "emulation");
    this.postpones = policy.postpones();
  }

  @Override
  public Plan plan(String sql) {
    if (leavesAsItIs(sql)) {
      return Plan.unchanged(sql);
    }
    Tokens tokens = Lexer.tokenize(sql);
    List<Statement> statements = StatementScanner.scan(tokens);
    LockStatement lock =
        StatementScanner.mayHoldLock(sql) ? LockStatement.firstIn(statements, emulation) : null;
    if (lock != null) {
      PlannedForm form = form(lock, tokens);
      return new Plan(sql, form, form, Effect.NOTHING);
    }
    EmulatedRequest setting =
        emulatesSettings && statements.size() == 1 ? SessionSetting.in(statements.get(0)) : null;
    if (setting != null) {
      PlannedForm form = form(setting, statements.get(0));
      return new Plan(sql, form, form, Effect.NOTHING);
    }
    Planning planning = new Planning(tokens, statements);
    return planning.hasNothingToDecide() ? planning.unchanged() : planning.plan();
  }

  @Override
  public boolean leavesAsItIs(String sql) {
    return !postpones
        && !StatementScanner.mayHoldLock(sql)
        && !TransactionModes.mayNameLevel(sql)
        && !(emulatesSettings && SessionSetting.mayBe(sql));
  }

  /** The same in every situation: such a lock protects what happens after its statement. */
  private static PlannedForm form(LockStatement lock, Tokens tokens) {
    String before = tokens.text(lock.first(), lock.end());
    Finding finding =
        new Finding(
            lock.rule(),
            new Finding.Place(0, 1, 1).forward(tokens.text(), tokens.start(lock.first())),
            before,
            lock.request() == null ? before : lock.request().shape(),
            lock.verdict(),
            lock.reason());
    return lock.request() == null
        ? new Refuse(finding, List.of(finding))
        : new Emulate(lock.request(), List.of(finding));
  }

  private static PlannedForm form(EmulatedRequest setting, Statement statement) {
    Tokens tokens = statement.tokens();
    Finding finding =
        new Finding(
            RuleId.SESSION_SETTING,
            new Finding.Place(0, 1, 1).forward(tokens.text(), tokens.start(statement.first())),
            tokens.text(statement.first(), statement.end()),
            setting.shape(),
            Verdict.REWRITTEN,
            "Aurora DSQL refuses it, and the driver does the same in another way");
    return new Emulate(setting, List.of(finding));
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

    boolean hasNothingToDecide() {
      return statements.stream()
          .allMatch(statement -> statement.locks().isEmpty() && levels(statement).isEmpty());
    }

    private List<Mode> levels(Statement statement) {
      TransactionModes modes = modes(statement);
      return modes == null
          ? List.of()
          : modes.list().stream().filter(mode -> mode.kind().isLevel()).toList();
    }

    private TransactionModes modes(Statement statement) {
      return TransactionModes.of(tokens, statement.first(), statement.end());
    }

    Plan plan() {
      PlannedForm inTransaction = inTransaction();
      PlannedForm autocommit = onlyReads() ? form(true, null) : locked(inTransaction);
      return new Plan(tokens.text(), autocommit, inTransaction, effect());
    }

    Plan unchanged() {
      PlannedForm form = Send.unchanged(tokens.text());
      return new Plan(tokens.text(), form, form, effect());
    }

    private Effect effect() {
      if (!postpones || statements.size() > 1) {
        return Effect.ANYTHING;
      }
      if (statements.isEmpty()) {
        return Effect.NOTHING;
      }
      Statement statement = statements.get(0);
      return onlyReads() ? Effects.ofQuery(statement) : Effects.of(statement, policy);
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
        for (Mode level : levels(statement)) {
          Decision decision =
              new IsolationLevel(statement, modes(statement), allowWeakerIsolation, edits)
                  .apply(level);
          decided.add(new Decided(RuleId.ISOLATION_LEVEL, level.first(), level.end(), decision));
        }
        for (LockingClause clause : statement.locks()) {
          LockContext context =
              new LockContext(
                  statement, clause, policy, () -> structure(statement), edits, postponement);
          LockingRule rule = LockingRules.ruleFor(context);
          notePostponed(rule, context.target());
          Decision decision =
              wholeTransaction ? context.removeFromWholeTransaction(rule) : rule.apply(context);
          decided.add(new Decided(rule.id(), clause.first(), clause.end(), decision));
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
        place = place.forward(tokens.text(), tokens.start(one.first()));
        findings.add(
            new Finding(
                one.rule(),
                place,
                tokens.text(one.first(), one.end()),
                edits.applied(one.first(), one.end()),
                one.decision().verdict(),
                one.decision().reason()));
      }
      for (Finding finding : findings) {
        if (finding.verdict() == Verdict.REFUSED) {
          return new Refuse(finding, findings);
        }
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
              "it cannot be rewritten without touching the text around it; put white space around"
                  + " it");
      return new Refuse(refusal, List.of(refusal));
    }
  }

  /** A range of tokens, the rule that decided about it, and what it decided. */
  private record Decided(RuleId rule, int first, int end, Decision decision) {}
}
