package io.dsqlproxy.hermitage;

/**
 * What one session does, and what it gets to see. Immutable.
 *
 * @param session the number of the session; 0 looks on, outside of any transaction
 * @param kind what is done
 * @param sql the statement; empty for COMMIT and ROLLBACK
 * @param outcome what the session sees
 * @param outcomeIfReadsConflict what it sees if whoever writes a row conflicts with its readers
 */
record Step(int session, Kind kind, String sql, String outcome, String outcomeIfReadsConflict) {

  static final String OK = "ok";
  static final String CONFLICT = "40001";

  /** The kinds of steps. */
  enum Kind {
    READ,
    WRITE,
    COMMIT,
    ROLLBACK
  }

  /** A query whose spelling is under test; shows rows such as {@code 1=>10 2=>20}. */
  static Step read(int session, String condition, String rows) {
    return of(session, Kind.READ, ("SELECT id, value FROM item " + condition).strip(), rows);
  }

  static Step write(int session, String sql, int rows) {
    return of(session, Kind.WRITE, sql, rows + " written");
  }

  static Step commits(int session) {
    return of(session, Kind.COMMIT, "", OK);
  }

  static Step loses(int session) {
    return of(session, Kind.COMMIT, "", CONFLICT);
  }

  static Step losesIfReadsConflict(int session) {
    return new Step(session, Kind.COMMIT, "", OK, CONFLICT);
  }

  static Step rollsBack(int session) {
    return of(session, Kind.ROLLBACK, "", OK);
  }

  /** All rows, as somebody sees them who comes later. */
  static Step left(String rows) {
    return left(rows, rows);
  }

  static Step left(String rows, String rowsIfReadsConflict) {
    return new Step(0, Kind.READ, "SELECT id, value FROM item", rows, rowsIfReadsConflict);
  }

  String expected(boolean readsConflict) {
    return readsConflict ? outcomeIfReadsConflict : outcome;
  }

  /** Whether this is the COMMIT of a transaction that loses only because of what it has read. */
  boolean dependsOnReads() {
    return kind == Kind.COMMIT && !outcome.equals(outcomeIfReadsConflict);
  }

  /** The statement that is sent. */
  String text(Reading reading) {
    return looks() ? reading.spell(sql) : sql;
  }

  /** Whether a transaction under test looks at rows. */
  boolean looks() {
    return kind == Kind.READ && session != 0;
  }

  private static Step of(int session, Kind kind, String sql, String outcome) {
    return new Step(session, kind, sql, outcome, outcome);
  }

  @Override
  public String toString() {
    return (session == 0 ? "later: " : "T" + session + ": ") + (sql.isEmpty() ? kind : sql);
  }
}
