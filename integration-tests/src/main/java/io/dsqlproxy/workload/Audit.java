package io.dsqlproxy.workload;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * Judges a run by what it stored. Started before the run and finished after it, by one thread each
 * time.
 */
public final class Audit {

  private static final int ROWS_SHOWN = 3;

  private final DataSource dataSource;
  private final List<Check> checks = new ArrayList<>();
  private LongSupplier uncounted = () -> 0;

  /** Reads through the data source. */
  public Audit(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * So many may be stored beyond those that were counted, because the application could not know
   * whether they were committed.
   */
  public Audit allowing(LongSupplier unknown) {
    this.uncounted = unknown;
    return this;
  }

  private interface Check {
    void start(Connection connection) throws SQLException;

    Invariant finish(Connection connection) throws SQLException;
  }

  /** Adds a promise that is broken by every row that the query finds. */
  public Audit noRows(String name, String statement, String sql, Object... arguments) {
    checks.add(
        new Check() {
          @Override
          public void start(Connection connection) {
            // Holds from the first row on: there is nothing to compare with.
          }

          @Override
          public Invariant finish(Connection connection) throws SQLException {
            List<String> rows = Sql.all(connection, sql, Audit::show, arguments);
            String found =
                rows.isEmpty()
                    ? "no counterexample"
                    : rows.size()
                        + " found: "
                        + String.join("; ", rows.subList(0, Math.min(ROWS_SHOWN, rows.size())));
            return new Invariant(name, statement, rows.isEmpty(), found);
          }
        });
    return this;
  }

  /** Adds a promise that a stored number grew by what the application counted, and not by more. */
  public Audit grewBy(
      String name, String statement, LongSupplier counted, String sql, Object... arguments) {
    checks.add(
        new Check() {
          private long before;
          private long countedBefore;

          @Override
          public void start(Connection connection) throws SQLException {
            before = Sql.number(connection, sql, arguments).orElse(0L);
            countedBefore = counted.getAsLong();
          }

          @Override
          public Invariant finish(Connection connection) throws SQLException {
            long stored = Sql.number(connection, sql, arguments).orElse(0L) - before;
            long expected = counted.getAsLong() - countedBefore;
            long allowed = uncounted.getAsLong();
            return new Invariant(
                name,
                statement,
                stored >= expected && stored <= expected + allowed,
                "stored "
                    + stored
                    + ", committed "
                    + expected
                    + (allowed == 0 ? "" : " and perhaps " + allowed + " more"));
          }
        });
    return this;
  }

  /** Adds a promise about something that the application counted and that must never happen. */
  public Audit never(String name, String statement, LongSupplier counted) {
    checks.add(
        new Check() {
          @Override
          public void start(Connection connection) {
            // Counted from the beginning of the area.
          }

          @Override
          public Invariant finish(Connection connection) {
            long count = counted.getAsLong();
            return new Invariant(name, statement, count == 0, "happened " + count + " times");
          }
        });
    return this;
  }

  /** Notes where the stored numbers stand. */
  public void start() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      for (Check check : checks) {
        check.start(connection);
      }
    }
  }

  /** Judges; the clients must have stopped. */
  public List<Invariant> finish() throws SQLException {
    List<Invariant> result = new ArrayList<>();
    try (Connection connection = dataSource.getConnection()) {
      for (Check check : checks) {
        result.add(check.finish(connection));
      }
    }
    return result;
  }

  private static String show(ResultSet row) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      columns.add(
          row.getMetaData().getColumnLabel(i)
              + "="
              + Optional.ofNullable(row.getObject(i)).map(Object::toString).orElse("null"));
    }
    return String.join(" ", columns);
  }
}
