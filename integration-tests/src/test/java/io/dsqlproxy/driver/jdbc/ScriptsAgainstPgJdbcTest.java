package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random texts and batches with transaction control give through the driver what they give through
 * pgJDBC, and leave the same rows.
 */
class ScriptsAgainstPgJdbcTest {

  private static final long SEED = Long.getLong("scripts.seed", 20260712);
  private static final int ROUNDS = Integer.getInteger("scripts.rounds", 40);

  private static final Pattern MARK = Pattern.compile("\\?\\d");

  private static DecoratedConnections server;

  @BeforeAll
  static void start() throws Exception {
    server = new DecoratedConnections();
    for (String schema : List.of("raw", "ours")) {
      server.run(
          "CREATE SCHEMA " + schema,
          "CREATE TABLE " + schema + ".t (id int PRIMARY KEY, n int)",
          "CREATE TABLE " + schema + ".late (id int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /** How the statements are executed. */
  enum Way {
    EXECUTE,
    UPDATE,
    KEYS,
    PREPARED,
    PREPARED_UPDATE,
    CALL,
    BATCH,
    PREPARED_BATCH
  }

  @ParameterizedTest
  @EnumSource
  void randomScriptsGiveWhatPgJdbcGives(Way way) throws SQLException {
    System.out.println("seed " + SEED + ' ' + way);
    server.run("TRUNCATE raw.t, ours.t, raw.late, ours.late");
    Random random = new Random(SEED + way.ordinal());
    try (Connection raw = server.openPg("&currentSchema=raw");
        Connection ours = server.open(false, "&currentSchema=ours")) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Step> steps = steps(random, way);
        boolean autocommit = random.nextInt(3) == 0;
        int fetchSize = random.nextInt(4) == 0 ? 2 : 0;
        int maxRows = random.nextInt(6) == 0 ? 1 : 0;
        String what = "seed " + SEED + ", round " + round + ", " + autocommit + ", " + steps;
        List<String> expected = run(raw, steps, autocommit, fetchSize, maxRows);
        List<String> actual = run(ours, steps, autocommit, fetchSize, maxRows);
        assertThat(actual).as(what).isEqualTo(expected);
        assertThat(rows("ours")).as(what).isEqualTo(rows("raw"));
      }
    }
  }

  // -------------------- what is executed

  private record Step(Way way, List<String> texts, boolean commit) {}

  private static List<Step> steps(Random random, Way way) {
    List<Step> steps = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      List<String> texts = new ArrayList<>();
      int size = way == Way.PREPARED_BATCH ? 1 : 1 + random.nextInt(5);
      boolean savepoint = false;
      while (texts.size() < size) {
        String text = statement(random, way);
        if (savepoint || !text.equals("RELEASE a") && !text.contains("TO SAVEPOINT")) {
          texts.add(text);
        }
        savepoint =
            (savepoint || text.equals("SAVEPOINT a")) && !text.matches("COMMIT|ROLLBACK|RELEASE a");
      }
      steps.add(new Step(way, texts, random.nextInt(3) > 0));
    }
    return steps;
  }

  private static String statement(Random random, Way way) {
    String id = parameter(random, way, 1 + random.nextInt(6));
    return switch (random.nextInt(20)) {
      case 0, 1 -> "BEGIN";
      case 2, 3, 4 -> "COMMIT";
      case 5, 6 -> "ROLLBACK";
      case 7 -> "SAVEPOINT a";
      case 8 -> random.nextBoolean() ? "RELEASE a" : "/* back */ ROLLBACK TO SAVEPOINT a";
      case 9 -> "SET TRANSACTION READ WRITE";
      case 10 -> "INSERT INTO late VALUES (" + id + ")";
      case 11 -> "SELECT id, n FROM t ORDER BY id";
      case 12 -> "SELECT count(*), ';COMMIT' FROM t WHERE id < " + id;
      case 13 -> "SELECT 1 / 0";
      case 14 -> "DELETE FROM t WHERE id = " + id;
      case 15 -> " -- COMMIT; \n SELECT 5, '?' ";
      case 16, 17 -> "UPDATE t SET n = n + 1 WHERE id >= " + id;
      default ->
          "INSERT INTO t SELECT * FROM (VALUES ("
              + id
              + ", length($$;ROLLBACK;$$))) v WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = column1)"
              + " AND 9 > "
              + parameter(random, way, random.nextInt(9));
    };
  }

  /** The value is written behind the mark that stands for it, and taken away again. */
  private static String parameter(Random random, Way way, int value) {
    boolean marked = way.name().startsWith("PREPARED") || way == Way.CALL;
    return marked && random.nextBoolean() ? "?" + value : String.valueOf(value);
  }

  // -------------------- how it is executed

  private static List<String> run(
      Connection connection, List<Step> steps, boolean autocommit, int fetchSize, int maxRows)
      throws SQLException {
    List<String> seen = new ArrayList<>();
    connection.setAutoCommit(autocommit);
    for (Step step : steps) {
      try (Statement statement = statement(connection, step)) {
        statement.setFetchSize(fetchSize);
        statement.setMaxRows(maxRows);
        execute(statement, step, seen);
      }
      end(connection, step.commit());
    }
    if (!autocommit) {
      connection.rollback();
    } else {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ROLLBACK");
      }
    }
    return seen;
  }

  /** What COMMIT says of a transaction that has failed is another test's business. */
  private static void end(Connection connection, boolean commit) throws SQLException {
    if (!connection.getAutoCommit()) {
      try {
        if (commit) {
          connection.commit();
        } else {
          connection.rollback();
        }
      } catch (SQLException failure) {
        connection.rollback();
      }
    }
  }

  private static Statement statement(Connection connection, Step step) throws SQLException {
    String text = String.join(";", step.texts());
    String marked = MARK.matcher(text).replaceAll("?");
    return switch (step.way()) {
      case PREPARED, PREPARED_UPDATE, PREPARED_BATCH ->
          bound(connection.prepareStatement(marked), text);
      case CALL -> bound(connection.prepareCall(marked), text);
      default -> connection.createStatement();
    };
  }

  private static PreparedStatement bound(PreparedStatement statement, String text)
      throws SQLException {
    Matcher mark = MARK.matcher(text);
    for (int index = 1; mark.find(); index++) {
      statement.setInt(index, mark.group().charAt(1) - '0');
    }
    return statement;
  }

  private static void execute(Statement statement, Step step, List<String> seen) {
    String text = String.join(";", step.texts());
    try {
      switch (step.way()) {
        case EXECUTE -> results(statement, statement.execute(text), seen);
        case UPDATE -> seen.add("updated " + statement.executeUpdate(text));
        case KEYS -> {
          boolean rows = statement.execute(text, Statement.RETURN_GENERATED_KEYS);
          seen.add("keys " + rows(statement.getGeneratedKeys()));
          results(statement, rows, seen);
        }
        case PREPARED, CALL -> results(statement, ((PreparedStatement) statement).execute(), seen);
        case PREPARED_UPDATE ->
            seen.add("updated " + ((PreparedStatement) statement).executeUpdate());
        case PREPARED_BATCH -> {
          PreparedStatement prepared = (PreparedStatement) statement;
          prepared.addBatch();
          prepared.addBatch();
          seen.add("counts " + Arrays.toString(statement.executeBatch()));
        }
        case BATCH -> {
          for (String one : step.texts()) {
            statement.addBatch(one);
          }
          seen.add("counts " + Arrays.toString(statement.executeBatch()));
        }
      }
    } catch (BatchUpdateException failure) {
      seen.add("failed " + failure.getSQLState() + Arrays.toString(failure.getUpdateCounts()));
    } catch (SQLException failure) {
      seen.add("failed " + failure.getSQLState());
    }
  }

  private static void results(Statement statement, boolean first, List<String> seen)
      throws SQLException {
    boolean rows = first;
    while (rows || statement.getUpdateCount() != -1) {
      if (rows) {
        try (ResultSet result = statement.getResultSet()) {
          assertThat(result.getStatement()).isSameAs(statement);
          seen.add("rows " + rows(result));
        } catch (SQLException failure) {
          seen.add("rows end with " + failure.getSQLState());
        }
      } else {
        seen.add("count " + statement.getUpdateCount());
      }
      rows = statement.getMoreResults();
    }
    seen.add("no result " + statement.getResultSet() + statement.getUpdateCount());
  }

  private static String rows(ResultSet result) throws SQLException {
    List<String> rows = new ArrayList<>();
    while (result.next()) {
      rows.add(result.getString(1) + '|' + result.getString(2));
    }
    return rows.toString();
  }

  private static String rows(String schema) throws SQLException {
    return server.ask(
        "SELECT (SELECT string_agg(id || ':' || n, ',' ORDER BY id) FROM "
            + schema
            + ".t) || '/' || (SELECT count(*) FROM "
            + schema
            + ".late)");
  }
}
