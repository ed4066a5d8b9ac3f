package io.dsqlproxy.rewriter;

/** What a statement asks for that the driver does itself, because Aurora DSQL refuses it. */
public sealed interface EmulatedRequest
    permits LockRequest, LockedRows, RoleRequest, SettingRequest {

  /** What it is called, for messages. */
  String name();

  /** A query with the statement's parameters, in their order; empty if it can have none. */
  String arguments();

  /**
   * A text whose result has the columns that PostgreSQL's answer has; empty if it is no result.
   * What is sent in the statement's place is of this kind.
   */
  String shape();

  /** Whether what is sent in the statement's place has the statement's parameters. */
  default boolean keepsParameters() {
    return false;
  }
}
