package io.dsqlproxy.driver.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;

/**
 * The time at which a transaction began: what {@code now()} gives in it, and columns with such a
 * default hold. It differs in every replay, so that a value that differs is no other transaction's
 * work if it is this one. Immutable.
 */
final class TransactionTime {

  /** Below this precision another transaction's time may be the same by chance. */
  private static final int LEAST_DIGITS = 3;

  private final Instant instant;
  private final LocalDateTime local;

  private TransactionTime(Instant instant, LocalDateTime local) {
    this.instant = instant;
    this.local = local;
  }

  /** That of the transaction in which a result was read. */
  static TransactionTime of(ResultSet result) throws SQLException {
    return of(result.getStatement().getConnection());
  }

  /** That of the open transaction of one of pgJDBC's connections. */
  static TransactionTime of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet time = statement.executeQuery("SELECT now(), localtimestamp")) {
      time.next();
      return new TransactionTime(
          time.getObject(1, OffsetDateTime.class).toInstant(),
          time.getObject(2, LocalDateTime.class));
    }
  }

  /**
   * The column that holds it in the current row, or in any row of a scrollable result, which is
   * left at any position; null if none does.
   *
   * @param values whose columns count
   */
  String columnIn(ResultSet result, ValuesRead values) throws SQLException {
    boolean scrollable = result.getType() != ResultSet.TYPE_FORWARD_ONLY;
    if (scrollable) {
      result.beforeFirst();
    }
    while (!scrollable || result.next()) {
      String column = columnInRow(result, values);
      if (column != null || !scrollable) {
        return column;
      }
    }
    return null;
  }

  private String columnInRow(ResultSet row, ValuesRead values) throws SQLException {
    ResultSetMetaData metaData = row.getMetaData();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      if (values.counts(i) && isIn(row, i, metaData.getColumnTypeName(i), metaData.getScale(i))) {
        return "its column " + metaData.getColumnLabel(i);
      }
    }
    return null;
  }

  private boolean isIn(ResultSet row, int column, String type, int digits) throws SQLException {
    if (digits < LEAST_DIGITS) {
      return false;
    }
    Duration difference;
    switch (type) {
      case "timestamptz" -> {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        difference = value == null ? null : Duration.between(value.toInstant(), instant);
      }
      case "timestamp" -> {
        LocalDateTime value = row.getObject(column, LocalDateTime.class);
        difference = value == null ? null : Duration.between(value, local);
      }
      default -> difference = null;
    }
    return difference != null && isRounding(difference.abs(), digits);
  }

  private static boolean isRounding(Duration difference, int digits) {
    long unit = 1_000_000_000L;
    for (int i = 0; i < digits; i++) {
      unit /= 10;
    }
    return difference.toSeconds() == 0 && difference.toNanos() * 2 <= unit;
  }
}
