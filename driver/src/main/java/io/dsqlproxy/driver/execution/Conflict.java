package io.dsqlproxy.driver.execution;

/** Tells a conflict from other failures: by SQLSTATE alone, never by message. Stateless. */
public final class Conflict {

  static final String SQLSTATE = "40001";

  private Conflict() {}

  /** True if the failure, one of its causes or one of its next exceptions is a conflict. */
  public static boolean isReportedBy(Throwable failure) {
    return FailureChain.holds(failure, SQLSTATE);
  }

  /**
   * True if a whole transaction that ended so can be run again: it met a conflict, and there is no
   * doubt that it was rolled back.
   */
  public static boolean invitesRepetition(Throwable failure) {
    return isReportedBy(failure)
        && !FailureChain.holds(failure, CommitOutcomeUnknownException.SQLSTATE);
  }
}
