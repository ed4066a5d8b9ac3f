package io.dsqlproxy.driver.observation;

/** What is counted. The names are part of the driver's contract with monitoring. */
public enum DriverEvent {
  STATEMENT("statements", "Statements executed, each entry of a batch counted."),
  STATEMENT_REWRITTEN("statements.rewritten", "Statements executed with a changed text."),
  STATEMENT_REFUSED("statements.refused", "Statements that were not sent."),
  CONFLICT("conflicts", "Answers with SQLSTATE 40001."),
  RETRY("retries", "Executions of one statement in autocommit after a conflict."),
  REPLAY("replays", "Transactions run again, after a conflict or to go back to a savepoint."),
  RETRIES_EXHAUSTED(
      "conflicts.exhausted", "Conflicts that surfaced because nothing was run again any more."),
  DATA_CHANGED(
      "conflicts.data.changed", "Conflicts that surfaced because a replay had another outcome."),
  NOT_REPLAYABLE(
      "conflicts.not.replayable",
      "Conflicts that surfaced because the transaction could not be run again."),
  COMMIT_UNKNOWN("commits.unknown", "Connections lost at COMMIT (SQLSTATE 08007)."),
  TOKEN_SIGNED("tokens.signed", "Authentication tokens signed, for whatever reason."),
  TOKEN_RENEWED("tokens.renewed", "Tokens signed before the one in use expired."),
  TOKEN_NOT_RENEWED(
      "tokens.not.renewed", "Renewals that failed; the token in use is used until it expires."),
  TOKEN_REJECTED("tokens.rejected", "Logins that the server refused although they showed a token."),
  CONNECT_ATTEMPTED("connects.attempted", "Logins that were begun, further ones included."),
  CONNECT_THROTTLED(
      "connects.throttled",
      "Logins that the server refused because there were too many, or that were held back so that"
          + " it need not."),
  CONNECT_FAILED("connects.failed", "Connections that the application asked for and did not get."),
  CONNECTION_RETIRED("connections.retired", "Physical connections given up because of their age."),
  CONNECTION_MOVED(
      "connections.moved", "Physical connections, lost or old, whose place another one took.");

  private final String key;
  private final String description;

  DriverEvent(String key, String description) {
    this.key = key;
    this.description = description;
  }

  /** Its name, in lower case with dots, without a prefix. */
  public String key() {
    return key;
  }

  /** What one more means, in a sentence. */
  public String description() {
    return description;
  }
}
