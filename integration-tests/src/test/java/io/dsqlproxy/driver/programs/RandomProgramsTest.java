package io.dsqlproxy.driver.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.execution.ConflictException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.programs.Machine.Answer;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * Random programs that meet conflicts and lost connections: on a cluster, each call gives what it
 * gives with pgJDBC on PostgreSQL, and the same rows are committed after it, or a failure is thrown
 * that names its reason. Nobody else changes the rows, so no replay may find them changed. The
 * system property {@code programs.seconds} makes a soak of it; {@code programs.seed} begins with
 * the program that has this seed.
 */
@Timeout(3_600)
class RandomProgramsTest {

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("programs.seconds", 6));
  private static final long SEED = Long.getLong("programs.seed", 20_261_201);

  /** What is said in a transaction that has failed. */
  private static final String FAILED = "25P02";

  /** What pgJDBC says of a result that is closed. */
  private static final String CLOSED = "55000";

  private static final Set<Call.Kind> WITHOUT_THE_SERVER =
      EnumSet.of(
          Call.Kind.META_DATA,
          Call.Kind.CHANGE_ROW,
          Call.Kind.UPDATE_COLUMN,
          Call.Kind.PREPARED_BATCH,
          Call.Kind.FAILURE);

  private static final String PROGRAM = "program";
  private static final int LENGTH = 40;
  private static final String TO_THE_END = "disturbed, and ran to its end";
  private static final String ROWS = "SELECT k, v, b, at, note FROM t ORDER BY k";

  private static EmbeddedPostgres postgres;
  private static DsqlSimulator cluster;

  private final Map<String, Integer> tally = new TreeMap<>();

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    cluster = DsqlSimulator.start();
    for (Connection connection : List.of(raw(), cluster.connect())) {
      try (connection) {
        execute(connection, Machine.TABLE);
      }
    }
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
    postgres.close();
  }

  private static Connection raw() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  /** What goes wrong, and how the driver is configured. */
  private enum World {
    CONFLICTS("forUpdate", ReconnectMode.NEVER),
    CONFLICTS_WITH_POSTPONED_LOCKS("deferred", ReconnectMode.NEVER),
    LOST_CONNECTIONS("forUpdate", ReconnectMode.IN_TRANSACTIONS);

    private final String lockPolicy;
    private final ReconnectMode reconnect;

    World(String lockPolicy, ReconnectMode reconnect) {
      this.lockPolicy = lockPolicy;
      this.reconnect = reconnect;
    }

    private Fault fault() {
      return this == LOST_CONNECTIONS ? Fault.disconnect() : Fault.conflict();
    }
  }

  @ParameterizedTest
  @EnumSource
  void programsBehaveAsWithPgJdbc(World world) throws Exception {
    System.out.printf("programs: seed %d, %s%n", SEED, world);
    long end = System.nanoTime() + DURATION.dividedBy(World.values().length).toNanos();
    long seed = SEED;
    do {
      run(seed++, world);
    } while (System.nanoTime() < end);
    System.out.printf("programs: %d, %s%n", seed - SEED, tally);
    assertThat(tally).containsKeys(TO_THE_END);
  }

  /** What a call gave, and what was committed after it. */
  private record Expected(String answer, String committed) {}

  private void run(long seed, World world) throws SQLException {
    Random random = new Random(seed);
    List<Call> program = Call.program(random, LENGTH);
    List<Expected> expected = expected(program);
    fill(cluster.connect());
    FaultScript faults = cluster.faults();
    scatter(faults, random, world.fault());
    try (Machine machine = new Machine(throughTheDriver(world));
        Connection observer = cluster.connect()) {
      List<String> made = new ArrayList<>();
      String before = rows(observer);
      for (int i = 0; i < program.size(); i++) {
        Answer answer = machine.make(program.get(i));
        made.add(program.get(i) + " -> " + answer.text());
        String where = where(seed, made, faults, answer);
        if (isOfTheWorld(answer.failure())) {
          count(where, answer.failure());
          // A text with COMMIT in its middle may have committed a part of it.
          if (program.get(i).kind() != Call.Kind.SEVERAL_STATEMENTS) {
            checkCommitted(where, rows(observer), before, expected.get(i).committed(), answer);
          }
          return;
        }
        if (isAboutAFailedTransaction(answer.text(), expected.get(i).answer())
                && WITHOUT_THE_SERVER.contains(program.get(i).kind())
            || expected.get(i).answer().equals(CLOSED)) {
          tally.merge("ended in a failed transaction", 1, Integer::sum);
          return;
        }
        assertThat(comparable(answer.text()))
            .as(where)
            .isEqualTo(comparable(expected.get(i).answer()));
        before = rows(observer);
        assertThat(before).as(where).isEqualTo(expected.get(i).committed());
      }
      tally.merge(faults.fired().isEmpty() ? "undisturbed" : TO_THE_END, 1, Integer::sum);
    } finally {
      faults.clear();
    }
  }

  /**
   * A transaction that the driver holds for failed is over on the server: what needs no server, or
   * fails before the transaction is looked at, is answered, and a batch fails as a whole; a
   * statement that fails without the server does not close the result before it. What follows
   * depends on it.
   */
  private static boolean isAboutAFailedTransaction(String answer, String expected) {
    return answer.startsWith(FAILED) != expected.startsWith(FAILED);
  }

  private static String comparable(String answer) {
    return answer.startsWith(FAILED) ? FAILED : answer;
  }

  private static String where(long seed, List<String> made, FaultScript faults, Answer answer) {
    return "seed %d%n%s%n%s%n%s"
        .formatted(seed, String.join("\n", made), faults.fired(), answer.failure());
  }

  private static boolean isOfTheWorld(SQLException failure) {
    return failure instanceof ConflictException
        || failure != null && String.valueOf(failure.getSQLState()).startsWith("08");
  }

  private void count(String where, SQLException failure) {
    if (failure instanceof ConflictException) {
      assertThat((Throwable) failure).as(where).isInstanceOf(NotReplayableException.class);
    }
    String reason = failure.getSQLState() + " " + failure.getMessage().replaceAll("\\d+", "n");
    tally.merge(reason, 1, Integer::sum);
  }

  /** Only a failure that says so leaves open what is committed. */
  private static void checkCommitted(
      String where, String now, String before, String after, Answer answer) {
    boolean open = !answer.failure().getSQLState().equals("40001");
    assertThat(now).as(where).isIn(open ? List.of(before, after) : List.of(before));
  }

  private List<Expected> expected(List<Call> program) throws SQLException {
    fill(raw());
    List<Expected> expected = new ArrayList<>();
    try (Machine machine = new Machine(raw());
        Connection observer = raw()) {
      for (Call call : program) {
        expected.add(new Expected(machine.make(call).text(), rows(observer)));
      }
    }
    return expected;
  }

  private static void scatter(FaultScript faults, Random random, Fault fault) {
    for (int i = random.nextInt(3); i > 0; i--) {
      faults
          .at(FaultTrigger.commit().inApplication(PROGRAM).number(1 + random.nextInt(4)))
          .times(1 + random.nextInt(2))
          .answer(fault);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      faults
          .at(
              FaultTrigger.statementMatching("^(SELECT|INSERT|UPDATE|DELETE)")
                  .inApplication(PROGRAM)
                  .number(1 + random.nextInt(25)))
          .answer(fault);
    }
  }

  private static Connection throughTheDriver(World world) throws SQLException {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(cluster.jdbcUrl() + "&ApplicationName=" + PROGRAM);
    dataSource.setRetryBaseDelay("0ms");
    dataSource.setLockPolicy(world.lockPolicy);
    dataSource.setReconnect(world.reconnect.text());
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(cluster.accessKeyId(), cluster.secretAccessKey())));
    return dataSource.getConnection();
  }

  private static void fill(Connection connection) throws SQLException {
    try (connection) {
      execute(connection, "DELETE FROM t");
      execute(connection, Machine.FILL);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String rows(Connection observer) throws SQLException {
    StringBuilder rows = new StringBuilder();
    try (Statement statement = observer.createStatement();
        ResultSet result = statement.executeQuery(ROWS)) {
      while (result.next()) {
        for (int column = 1; column <= 5; column++) {
          rows.append(result.getString(column)).append(',');
        }
        rows.append(' ');
      }
    }
    return rows.toString();
  }
}
