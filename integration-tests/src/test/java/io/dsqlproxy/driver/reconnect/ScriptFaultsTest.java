package io.dsqlproxy.driver.reconnect;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static io.dsqlproxy.driver.execution.ReconnectMode.IN_TRANSACTIONS;
import static io.dsqlproxy.driver.execution.ReconnectMode.NEVER;
import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.afterCommit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.execution.CommitOutcomeUnknownException;
import io.dsqlproxy.driver.execution.ReconnectMode;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What may have passed the end of a transaction inside a text or a batch is not executed again. */
@Timeout(60)
class ScriptFaultsTest {

  private static final String PAY = "UPDATE account SET balance = balance + 7 WHERE id = 1";
  private static final String GIVE = "UPDATE account SET balance = balance - 7 WHERE id = 2";

  private static CutConnections cluster;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    cluster = new CutConnections();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void reset() throws SQLException {
    cluster.reset();
  }

  @AfterEach
  void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }

  private void open(ReconnectMode mode, boolean autocommit) throws SQLException {
    connection = cluster.connect(mode);
    connection.setAutoCommit(autocommit);
  }

  /** The ways to send several statements at once. */
  enum Way {
    TEXT,
    UPDATE,
    PREPARED,
    CALL,
    BATCH;

    void execute(Connection connection, String... statements) throws SQLException {
      String text = String.join("; ", statements);
      switch (this) {
        case TEXT -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(text);
          }
        }
        case UPDATE -> {
          try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(text);
          }
        }
        case PREPARED -> {
          try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.execute();
          }
        }
        case CALL -> {
          try (CallableStatement statement = connection.prepareCall(text)) {
            statement.execute();
          }
        }
        case BATCH -> {
          try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
              statement.addBatch(sql);
            }
            statement.executeBatch();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void conflictAfterAnInnerCommitRepeatsOnlyWhatFollows(Way way) throws SQLException {
    for (boolean begins : new boolean[] {false, true}) {
      for (boolean atCommit : new boolean[] {false, true}) {
        cluster.reset();
        open(NEVER, false);
        run(connection, PAY);
        cluster
            .faults()
            .at(atCommit ? commit().number(2) : statementContaining("- 7"))
            .answer(conflict());
        String[] shape =
            begins
                ? new String[] {"COMMIT", "BEGIN", GIVE, "COMMIT"}
                : new String[] {"COMMIT", GIVE};
        way.execute(connection, shape);
        assertThat(cluster.faults().fired()).hasSize(1);
        assertBalances(way + " " + List.of(shape), 107, 193);
        connection.close();
      }
    }
  }

  static Stream<Arguments> cuts() {
    List<Arguments> all = new ArrayList<>();
    for (ReconnectMode mode : ReconnectMode.values()) {
      for (Way way : Way.values()) {
        all.add(Arguments.of(mode, way));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void cutAfterAnInnerCommitIsOfUnknownOutcomeAndNothingIsRepeated(ReconnectMode mode, Way way)
      throws SQLException {
    for (String shape :
        new String[] {"PAY|COMMIT", "BEGIN|PAY|COMMIT|GIVE", "PAY|END WORK|GIVE|COMMIT"}) {
      for (boolean autocommit : new boolean[] {false, true}) {
        cluster.reset();
        open(mode, autocommit);
        cluster.cutAt(afterCommit());
        assertThatExceptionOfType(CommitOutcomeUnknownException.class)
            .as(shape + autocommit)
            .isThrownBy(() -> way.execute(connection, statements(shape)))
            .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08007"));
        assertBalances(shape + autocommit, 107, 200);
        connection.close();
      }
    }
  }

  private static String[] statements(String shape) {
    return Arrays.stream(shape.split("\\|"))
        .map(word -> word.equals("PAY") ? PAY : word.equals("GIVE") ? GIVE : word)
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @EnumSource
  void cutBeforeAnInnerCommitIsContinuedInTransactions(Way way) throws SQLException {
    open(IN_TRANSACTIONS, true);
    cluster.cutAt(statementContaining("- 7"));
    way.execute(connection, "BEGIN", PAY, GIVE, "COMMIT");
    assertBalances(way.name(), 107, 193);
  }

  @ParameterizedTest
  @EnumSource
  void savepointsInsideOfATextOrABatchAreThoseOfTheTransaction(Way way) throws SQLException {
    open(NEVER, false);
    way.execute(connection, PAY, "SAVEPOINT s", "INSERT INTO account VALUES (9, 0)");
    way.execute(connection, "ROLLBACK TO s", "SAVEPOINT t", PAY, "RELEASE t");
    cluster.faults().at(commit()).answer(conflict());
    connection.commit();
    assertBalances(way.name(), 114, 200);
  }

  @Test
  void implicitTransactionOfATextIsUndoneByAFailureAndCommittedAtItsEnd() throws SQLException {
    open(NEVER, true);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> Way.TEXT.execute(connection, "COMMIT", PAY, "SAVEPOINT s"))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25P01"));
    assertBalances("undone", 100, 200);
    Way.TEXT.execute(connection, PAY, "SET TRANSACTION READ WRITE", GIVE);
    assertBalances("committed", 107, 193);
    assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
  }

  /** Balances as they are after each statement, by what PostgreSQL says of transactions. */
  private static final class Model {
    private final int[] committed = {100, 200};
    private final List<int[]> savepoints = new ArrayList<>();
    private int[] now = committed.clone();
    private boolean block;

    Model(boolean block) {
      this.block = block;
    }

    void end(boolean commits) {
      if (commits) {
        System.arraycopy(now, 0, committed, 0, 2);
      }
      now = committed.clone();
      savepoints.clear();
      block = false;
    }
  }

  /** A statement that is possible here, and what it does to the model. */
  private static String statement(Random random, Model model) {
    int kind = random.nextInt(12);
    if (kind < 5) {
      int account = random.nextInt(2);
      model.now[account] += 7;
      return "UPDATE account SET balance = balance + 7 WHERE id = " + (account + 1);
    }
    if (kind == 5 && !model.block) {
      model.block = true;
      return "BEGIN";
    }
    if (kind == 6 && model.block) {
      model.savepoints.add(model.now.clone());
      return "SAVEPOINT s" + model.savepoints.size();
    }
    if (kind == 7 && !model.savepoints.isEmpty()) {
      int savepoint = 1 + random.nextInt(model.savepoints.size());
      model.savepoints.subList(savepoint, model.savepoints.size()).clear();
      model.now = model.savepoints.get(savepoint - 1).clone();
      return "ROLLBACK TO s" + savepoint;
    }
    if (kind == 8 && !model.savepoints.isEmpty()) {
      int savepoint = 1 + random.nextInt(model.savepoints.size());
      model.savepoints.subList(savepoint - 1, model.savepoints.size()).clear();
      return "RELEASE s" + savepoint;
    }
    model.end(kind != 9);
    return kind == 9 ? "ROLLBACK" : "COMMIT";
  }

  @ParameterizedTest
  @EnumSource
  void randomScriptsTakeEffectOnceWhateverConflictsTheyMeet(Way way) throws SQLException {
    long seed = Long.getLong("scripts.seed", 20260712);
    System.out.println("seed " + seed + ' ' + way);
    Random random = new Random(seed + way.ordinal());
    for (int round = 0; round < Integer.getInteger("scripts.rounds", 8); round++) {
      cluster.reset();
      boolean autocommit = random.nextBoolean();
      open(random.nextBoolean() ? NEVER : IN_TRANSACTIONS, autocommit);
      Model model = new Model(!autocommit);
      List<String> all = new ArrayList<>();
      for (int scripts = 1 + random.nextInt(3); scripts > 0; scripts--) {
        String[] statements = new String[2 + random.nextInt(5)];
        statements[0] = "COMMIT";
        model.end(true);
        for (int i = 1; i < statements.length; i++) {
          statements[i] = statement(random, model);
        }
        all.add(String.join("; ", statements));
        int place = 1 + random.nextInt(statements.length);
        cluster
            .faults()
            .at(random.nextBoolean() ? commit() : statementContaining("+ 7").number(place))
            .answer(conflict());
        way.execute(connection, statements);
        if (!model.block) {
          model.end(true);
          model.block = !autocommit;
        }
      }
      if (!autocommit) {
        connection.commit();
        model.end(true);
      }
      connection.close();
      String what = "seed " + seed + ", round " + round + ", " + autocommit + ", " + all;
      assertBalances(what, model.committed[0], model.committed[1]);
    }
  }

  private static void assertBalances(String what, int first, int second) throws SQLException {
    assertThat(cluster.balance(1)).as(what).isEqualTo(first);
    assertThat(cluster.balance(2)).as(what).isEqualTo(second);
  }
}
