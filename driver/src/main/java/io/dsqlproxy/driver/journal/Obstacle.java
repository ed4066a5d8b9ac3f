package io.dsqlproxy.driver.journal;

import java.util.Locale;

/**
 * Why a transaction cannot be run again. Every reason is one of these, and the README lists them.
 */
public enum Obstacle {
  /** What can be reached through pgJDBC's own object is not seen here. */
  CONNECTION_UNWRAPPED(
      "the connection was unwrapped to %s",
      "`unwrap` of the connection, or of a statement, has given a type of pgJDBC's other than"
          + " `PGStatement`; this holds for every later transaction of the connection"),
  RESULT_UNWRAPPED(
      "a result was unwrapped to %s", "`unwrap` of a result has given a type of pgJDBC's"),
  CATALOG_READ(
      "the catalog was read through DatabaseMetaData",
      "a method of `DatabaseMetaData` has asked the server in the open transaction"),
  VOLATILE_VALUE(
      "the application has read the value of %s(), which differs each time",
      "a result, or a generated key that was read, holds the value of a volatile function:"
          + " `random()`, `gen_random_uuid()`, `nextval`, `clock_timestamp()` …"),
  LASTING_EFFECT(
      "of %s, which ROLLBACK does not undo",
      "`PREPARE`, `DEALLOCATE`, `DISCARD`; `FETCH`, `MOVE` or `CLOSE` of a cursor that was declared"
          + " before the transaction; `setval`, advisory locks of the session that are not emulated,"
          + " `dblink`, functions that administer the server"),
  CURSOR_MOVED(
      "of %s after the savepoint, whose position PostgreSQL keeps",
      "a rollback to a savepoint after `FETCH`, `MOVE` or `CLOSE` of a cursor that was declared before"
          + " it"),
  UNDONE_WRITE_READ(
      "rows of a write or of a cursor were read that a rollback to a savepoint undoes",
      "a rollback to a savepoint after `UPDATE … RETURNING`, `DELETE … RETURNING`, `FETCH`, or a query"
          + " that calls a function which may write"),
  READ_AFTER_UNDONE_WRITE(
      "a query after a write that a rollback to a savepoint undoes has other rows without it",
      "a query has read what the application itself had written after the savepoint"),
  JOURNAL_FULL(
      "its journal takes more than %s bytes (property journalBytes)",
      "statements, parameters and results take more than `journalBytes` in the journal"),
  ROWS_CHANGED(
      "rows were changed through a result set",
      "`insertRow`, `updateRow`, `deleteRow` or `refreshRow` of an updatable result"),
  ROWS_NOT_JOURNALED(
      "rows were read that its journal does not hold",
      "`getObject` has opened the cursor that a column names (`refcursor`); or a result that does not"
          + " come from a statement of the transaction met a conflict while it was read"),
  LARGE_OBJECT_READ(
      "a large object was read",
      "`getBlob` or `getClob` of a result, `getObject` with such a class"),
  LARGE_OBJECT_PARAMETER(
      "a parameter is a large object", "`setBlob`, `setClob` or `setNClob` with a value"),
  XML_PARAMETER("a parameter is an XML object", "`setSQLXML`"),
  WRITER_PARAMETER(
      "a parameter is a ByteStreamWriter", "`setObject` with pgJDBC's `ByteStreamWriter`"),
  LONG_STREAM(
      "a parameter is a stream of more than %s", "a parameter is a stream of more than a megabyte"),
  STREAM_READ_BEFORE(
      "a parameter is a stream that an earlier execution had read",
      "a statement is executed again without a new stream"),
  OBJECT_MAY_CHANGE(
      "a parameter is an object of %s, which may change",
      "`setObject` with a class of which no copy can be made"),
  ARRAY_MAY_CHANGE(
      "a parameter is an array of %s, which may change",
      "`setArray` with an array that was not made by this driver"),
  CURSOR_OUTPUT("an output of a call is a cursor", "an output parameter is a `refcursor`"),
  STATEMENT_OF_RESULT(
      "a statement was found through a result inside of it",
      "`getStatement` of a cursor's or of the catalog's result has given the statement"),
  SEVERAL_THREADS(
      "several threads used the connection at once", "a thread had to wait for another one's call"),
  BEGUN_UNSEEN(
      "it was begun where the driver could not see it",
      "pgJDBC, or something that was unwrapped, has begun the transaction"),
  BEGUN_IN_A_CHAIN(
      "it was begun, or may have been, by the end of another",
      "`COMMIT AND CHAIN`, and two-phase commit"),
  NOT_JOURNALED(
      "it was not journaled (property retryMode)",
      "`retryMode` was `statement` or `off` when it began"),
  MODE_SET("retryMode was set in the middle of it", "`DsqlConnection.setRetryMode`"),
  NOT_RECORDED(
      "an execution could not be recorded",
      "pgJDBC fails when it is asked for what the journal needs"),
  LOCK_FAILED(
      "a statement that takes a lock failed",
      "a postponed lock failed, and the transaction went on");

  private final String clause;
  private final String occasion;

  Obstacle(String clause, String occasion) {
    this.clause = clause;
    this.occasion = occasion;
  }

  /**
   * The reason as a clause that follows "because".
   *
   * @param details what it is about, as many as the reason has places for
   */
  public String because(Object... details) {
    return details.length == 0 ? clause : String.format(Locale.ROOT, clause, details);
  }

  /** The reason as it stands in messages, with … for what it is about. */
  public String pattern() {
    return clause.replace("%s", "…");
  }

  /** What brings it about, in Markdown. */
  public String occasion() {
    return occasion;
  }
}
