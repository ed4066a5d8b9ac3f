package io.dsqlproxy.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.workload.ExecutionStore.Fence;
import io.dsqlproxy.workload.ExecutionStore.Run;
import io.dsqlproxy.workload.ExecutionStore.Workflow;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.TaskQueueStore.Generation;
import io.dsqlproxy.workload.TaskQueueStore.TaskQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * An owner writes, and before it commits another one takes its range over: at most one of the two
 * gets through. The same interleaving without the owner's lock lets both through, and the audits
 * say so.
 */
class FenceTest {

  private static final AtomicInteger NUMBERS = new AtomicInteger(100);

  private static DsqlSimulator server;
  private static DataSource dataSource;

  private final AtomicInteger through = new AtomicInteger();

  @BeforeAll
  static void startServer() throws SQLException {
    server = DsqlSimulator.start();
    DsqlDataSource driver = new DsqlDataSource();
    driver.setUrl(server.jdbcUrl());
    driver.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())));
    dataSource = driver;
    Schema.create(dataSource);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void aWorkflowWriteAndATakeoverOfItsShardExcludeEachOther(Dialect dialect) throws SQLException {
    int shard = NUMBERS.incrementAndGet();
    writeWhileTheShardIsStolen(shard, dialect, sql -> sql);

    assertThat(through).hasValue(1);
    assertThat(brokenForShard(shard)).isEmpty();
  }

  @Test
  void withoutTheLockAWorkflowWriteIsCommittedBehindTheTakeover() throws SQLException {
    int shard = NUMBERS.incrementAndGet();
    writeWhileTheShardIsStolen(shard, Dialect.POSTGRESQL, FenceTest::withoutRangeLock);

    assertThat(through).hasValue(2);
    assertThat(brokenForShard(shard)).containsExactly("no-write-behind-a-takeover");
    forgetTakeovers();
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void newTasksAndATakeoverOfTheirQueueExcludeEachOther(Generation generation) throws SQLException {
    createTasksWhileTheQueueIsStolen(generation, sql -> sql);

    assertThat(through).hasValue(1);
    assertThat(brokenForTaskQueues()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Generation.class)
  void withoutTheLockATaskAppearsBelowTheReadLevel(Generation generation) throws SQLException {
    createTasksWhileTheQueueIsStolen(generation, FenceTest::withoutRangeLock);

    assertThat(through).hasValue(2);
    assertThat(brokenForTaskQueues())
        .containsExactly("no-task-below-the-read-level-(" + generation.tasks() + ")");
    forgetTakeovers();
  }

  private void writeWhileTheShardIsStolen(int shard, Dialect dialect, UnaryOperator<String> edit) {
    ShardStore thief = new ShardStore(new Transactions(dataSource), dialect);
    long range = thief.acquire(shard, thief.getOrCreate(shard), "old");
    ExecutionStore before = new ExecutionStore(new Transactions(dataSource), thief, dialect);
    Workflow workflow = new Workflow(shard, UUID.randomUUID(), "w");
    long task = Ranges.firstTask(range);
    Run run = before.create(new Fence(range, task), workflow, Optional.empty(), UUID.randomUUID());

    Transactions interrupted =
        new Transactions(
            beforeCommit(
                edit,
                () ->
                    attempt(
                        () -> {
                          long stolen = thief.acquire(shard, range, "new");
                          thief.takeOver(shard, stolen);
                        })));
    ExecutionStore owner =
        new ExecutionStore(interrupted, new ShardStore(interrupted, dialect), dialect);
    attempt(() -> owner.update(new Fence(range, task + 1), run, ExecutionStore.RUNNING));
  }

  private void createTasksWhileTheQueueIsStolen(Generation generation, UnaryOperator<String> edit) {
    TaskQueue queue = TaskQueue.named(generation, "queue-" + NUMBERS.incrementAndGet());
    TaskQueueStore thief = new TaskQueueStore(new Transactions(dataSource));
    long range = thief.acquire(queue, Optional.empty(), "old");
    TaskQueueStore owner =
        new TaskQueueStore(
            new Transactions(
                beforeCommit(
                    edit,
                    () ->
                        attempt(
                            () -> {
                              long stolen = thief.acquire(queue, Optional.of(range), "new");
                              thief.takeOver(queue, stolen);
                            }))));
    attempt(() -> owner.createTasks(queue, range, List.of(Ranges.firstTask(range))));
  }

  /** Counts the transaction if it gets through, and accepts that it loses. */
  private void attempt(Runnable transaction) {
    try {
      transaction.run();
      through.incrementAndGet();
    } catch (Unavailable e) {
      assertThat(e.sqlState()).isEqualTo("40001");
    }
  }

  private static String withoutRangeLock(String sql) {
    return sql.startsWith("SELECT range_id") ? sql.replaceAll(" FOR (SHARE|UPDATE)$", "") : sql;
  }

  private static List<String> brokenForShard(int shard) throws SQLException {
    return broken(Audits.shards(dataSource, () -> 0, () -> 0, () -> 0), "shard/" + shard);
  }

  private static List<String> brokenForTaskQueues() throws SQLException {
    return broken(Audits.taskQueues(dataSource, () -> 0, () -> 0), "task_queues");
  }

  private static List<String> broken(Audit audit, String resource) throws SQLException {
    audit.start();
    return audit.finish().stream()
        .filter(invariant -> !invariant.holds())
        .peek(invariant -> assertThat(invariant.detail()).contains(resource))
        .map(Invariant::name)
        .toList();
  }

  /** What was broken on purpose is not to be found again. */
  private static void forgetTakeovers() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      Sql.update(connection, "DELETE FROM evidence_takeovers");
    }
  }

  /** Edits what is prepared, and runs something once, right before the first COMMIT. */
  private static DataSource beforeCommit(UnaryOperator<String> edit, Runnable once) {
    AtomicInteger commits = new AtomicInteger();
    return proxy(
        DataSource.class,
        dataSource,
        (dataSourceMethod, source) ->
            dataSourceMethod.equals("getConnection")
                ? proxy(
                    Connection.class,
                    (Connection) source.call(),
                    (method, call) -> {
                      if (method.equals("prepareStatement")) {
                        call.arguments()[0] = edit.apply((String) call.arguments()[0]);
                      } else if (method.equals("commit") && commits.getAndIncrement() == 0) {
                        once.run();
                      }
                      return call.call();
                    })
                : source.call());
  }

  private record Call(Object target, java.lang.reflect.Method method, Object[] arguments) {
    Object call() throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @FunctionalInterface
  private interface Around {
    Object run(String method, Call call) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, T target, Around around) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                around.run(method.getName(), new Call(target, method, arguments))));
  }
}
