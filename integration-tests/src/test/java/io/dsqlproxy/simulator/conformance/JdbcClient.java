package io.dsqlproxy.simulator.conformance;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.postgresql.util.PSQLException;

/** Plain pgJDBC, which hides command tags. */
final class JdbcClient implements FactClient {

  private static final String BLOCKED_AFTER_SECONDS = "10";

  private final Connection connection;

  JdbcClient(DsqlSimulator simulator, String queryMode) {
    Properties properties = new Properties();
    properties.setProperty("user", "admin");
    properties.setProperty("password", simulator.token("admin"));
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", simulator.certificateAuthority().toString());
    properties.setProperty("preferQueryMode", queryMode);
    properties.setProperty("socketTimeout", BLOCKED_AFTER_SECONDS);
    try {
      connection =
          DriverManager.getConnection(
              "jdbc:postgresql://" + simulator.host() + ":" + simulator.port() + "/postgres",
              properties);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<Answer> run(String sql) {
    List<Answer> answers = new ArrayList<>();
    try {
      if (sql.endsWith(" STDIN") || sql.endsWith(" STDOUT")) {
        return List.of(copy(sql));
      }
      if (sql.contains("$1")) {
        try (PreparedStatement statement = connection.prepareStatement(sql.replace("$1", "?"))) {
          statement.setInt(1, 1);
          collect(statement, statement.execute(), answers);
        }
      } else {
        try (Statement statement = connection.createStatement()) {
          statement.setEscapeProcessing(false);
          collect(statement, statement.execute(sql), answers);
        }
      }
    } catch (PSQLException e) {
      answers.add(error(e));
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
    return answers;
  }

  private Answer copy(String sql) throws SQLException {
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    long rows = 0;
    if (sql.endsWith("STDIN")) {
      rows = copies.copyIn(sql).endCopy();
    } else {
      CopyOut out = copies.copyOut(sql);
      while (out.readFromCopy() != null) {
        rows++;
      }
    }
    return Answer.ok(null, rows, List.of(), List.of());
  }

  private static void collect(Statement statement, boolean isFirstRows, List<Answer> answers)
      throws SQLException {
    boolean isRows = isFirstRows;
    while (isRows || statement.getUpdateCount() >= 0) {
      answers.add(
          isRows
              ? rows(statement.getResultSet())
              : Answer.ok(null, statement.getUpdateCount(), List.of(), List.of()));
      isRows = statement.getMoreResults();
    }
  }

  private static Answer error(PSQLException e) {
    return e.getServerErrorMessage() == null
        ? Answer.error("client", e.getMessage())
        : Answer.error(e.getSQLState(), e.getServerErrorMessage().getMessage());
  }

  private static Answer rows(ResultSet result) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
      columns.add(result.getMetaData().getColumnLabel(i));
    }
    List<List<String>> rows = new ArrayList<>();
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        row.add(result.getString(i));
      }
      rows.add(row);
    }
    return Answer.ok(null, rows.size(), columns, rows);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
