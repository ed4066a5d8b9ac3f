package io.dsqlproxy.driver.execution;

import java.sql.SQLException;

/** Tells a conflict from other failures: by SQLSTATE alone, never by message. Stateless. */
public final class Conflict {

  static final String SQLSTATE = "40001";

  /** Stands in every message about a change of the schema that the service was seen to send. */
  private static final String OF_SCHEMA = "OC001";

  private Conflict() {}

  /** True if the failure, one of its causes or one of its next exceptions is a conflict. */
  public static boolean isReportedBy(Throwable failure) {
    return FailureChain.holds(failure, SQLSTATE);
  }

  /** Whether a conflict was one with a change of the schema. */
  static boolean isWithSchema(SQLException conflict) {
    for (Throwable link : conflict) {
      if (link.getMessage() != null && link.getMessage().contains(OF_SCHEMA)) {
        return true;
      }
    }
    return false;
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
