package io.dsqlproxy.simulator.fault;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Where a fault strikes: a phase, which moments of it count, and from the how-many-th of those on.
 * Moments are counted from when the fault is set, over all sessions together, unless {@link
 * #perSession} is asked for. Immutable.
 */
public final class FaultTrigger {

  private final Phase phase;
  private final Predicate<Moment> condition;
  private final String description;
  private final boolean perSession;
  private final int number;

  private FaultTrigger(
      Phase phase,
      Predicate<Moment> condition,
      String description,
      boolean perSession,
      int number) {
    this.phase = phase;
    this.condition = condition;
    this.description = description;
    this.perSession = perSession;
    this.number = number;
  }

  /** A login. */
  public static FaultTrigger login() {
    return at(Phase.LOGIN);
  }

  /** Any message that a client sends after its login. */
  public static FaultTrigger message() {
    return at(Phase.MESSAGE);
  }

  /** A statement that is about to run, other than BEGIN, COMMIT and ROLLBACK. */
  public static FaultTrigger statement() {
    return at(Phase.STATEMENT);
  }

  /** The n-th statement from now on. */
  public static FaultTrigger statementNumber(int number) {
    return statement().number(number);
  }

  /** A statement with these words in it, in upper or lower case. */
  public static FaultTrigger statementContaining(String words) {
    return statement().containing(words);
  }

  /** A statement in which this regular expression is found. */
  public static FaultTrigger statementMatching(String regex) {
    return statement().matching(regex);
  }

  /** A further piece of a result that is fetched in pieces. */
  public static FaultTrigger fetch() {
    return at(Phase.FETCH);
  }

  /** COMMIT, before the server commits. */
  public static FaultTrigger commit() {
    return at(Phase.BEFORE_COMMIT);
  }

  /** COMMIT, after the server has committed, and before it answers. */
  public static FaultTrigger afterCommit() {
    return at(Phase.AFTER_COMMIT);
  }

  /** The end of statements outside a transaction block, before the server commits them. */
  public static FaultTrigger autocommit() {
    return at(Phase.BEFORE_AUTOCOMMIT);
  }

  /** The end of statements outside a transaction block, after the server has committed them. */
  public static FaultTrigger afterAutocommit() {
    return at(Phase.AFTER_AUTOCOMMIT);
  }

  /** Only moments with these words in their SQL, in upper or lower case, count. */
  public FaultTrigger containing(String words) {
    String wanted = words.toLowerCase(Locale.ROOT);
    return and(
        moment -> moment.text().toLowerCase(Locale.ROOT).contains(wanted),
        "containing \"" + words + "\"");
  }

  /** Only moments in whose SQL this regular expression is found count. */
  public FaultTrigger matching(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return and(moment -> pattern.matcher(moment.text()).find(), "matching /" + regex + "/");
  }

  /** Only sessions with this {@code application_name} count. */
  public FaultTrigger inApplication(String name) {
    return and(moment -> moment.application().equals(name), "in application " + name);
  }

  /** Only sessions of this user count. */
  public FaultTrigger ofUser(String name) {
    return and(moment -> moment.user().equals(name), "of user " + name);
  }

  /** Each session counts for itself, and meets the fault as often as is asked for. */
  public FaultTrigger perSession() {
    return new FaultTrigger(phase, condition, description + " per session", true, number);
  }

  /** The first of the counted moments at which the fault strikes, from 1. */
  public FaultTrigger number(int first) {
    if (first < 1) {
      throw new IllegalArgumentException("numbers start with 1: " + first);
    }
    return new FaultTrigger(phase, condition, description, perSession, first);
  }

  @Override
  public String toString() {
    return description + " number " + number;
  }

  boolean matches(Moment moment) {
    return moment.phase() == phase && condition.test(moment);
  }

  int number() {
    return number;
  }

  /** Whose moments this moment is counted with. */
  long counter(Moment moment) {
    return perSession ? moment.session() : 0;
  }

  /** Refuses what a server cannot do here, or would never do. */
  void check(Fault fault) {
    if (fault instanceof Fault.Refusal && phase != Phase.LOGIN) {
      throw new IllegalArgumentException("only a login can be refused, not: " + this);
    }
    if (fault instanceof Fault.Failure failure) {
      if (!phase.answersErrors()) {
        throw new IllegalArgumentException("no statement to fail at: " + this);
      }
      if (phase.isAfterwards() && failure.sqlState().equals("40001")) {
        throw new IllegalArgumentException("what is committed has no conflict: " + this);
      }
    }
  }

  private static FaultTrigger at(Phase phase) {
    return new FaultTrigger(phase, moment -> true, phase.name(), false, 1);
  }

  private FaultTrigger and(Predicate<Moment> further, String words) {
    return new FaultTrigger(
        phase, condition.and(further), description + " " + words, perSession, number);
  }
}
