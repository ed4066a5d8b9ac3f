package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.history.PlanGenerator.Profile;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.fault.Fault;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A simulator on which random transactions run. For use by one thread, which starts the others. */
final class HistoryRun implements AutoCloseable {

  static final int SESSIONS = 6;
  static final int TRANSACTIONS = 20;

  /** Patience is not what is tested. */
  private static final String QUICK_RETRIES = "&retryBaseDelay=2ms&retryMaxDelay=50ms";

  private final DsqlSimulator simulator = DsqlSimulator.start();

  /** A simulator with empty tables. */
  HistoryRun() throws SQLException {
    Tables.create(simulator);
  }

  /**
   * Runs transactions.
   *
   * @param seed what they do, how long they think, and what goes wrong
   * @param parameters further ones of the driver's URL
   */
  Result run(long seed, Profile profile, String parameters) throws Exception {
    reset();
    DriverStatistics.Snapshot before = DriverStatistics.global().snapshot();
    Random random = new Random(seed);
    Disruption.scatter(simulator.faults(), SESSIONS * TRANSACTIONS, random);
    List<ObservedTransaction> transactions = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
    try {
      List<Future<List<ObservedTransaction>>> running = new ArrayList<>();
      for (int session = 0; session < SESSIONS; session++) {
        running.add(threads.submit(session(seed, profile, parameters, session, random.nextLong())));
      }
      for (Future<List<ObservedTransaction>> one : running) {
        transactions.addAll(one.get());
      }
    } finally {
      threads.shutdownNow();
    }
    int cuts =
        (int)
            simulator.faults().fired().stream()
                .filter(fired -> fired.fault() instanceof Fault.Disconnect)
                .count();
    simulator.faults().clear();
    return new Result(
        new History(transactions, left()),
        DriverStatistics.global().snapshot().since(before),
        cuts);
  }

  private SessionRun session(
      long seed, Profile profile, String parameters, int session, long thinking) {
    PlanGenerator generator = new PlanGenerator(seed, profile);
    List<TransactionPlan> plans =
        IntStream.range(0, TRANSACTIONS).mapToObj(n -> generator.plan(session, n)).toList();
    return new SessionRun(connections(parameters), plans, new Random(thinking));
  }

  /**
   * Connections through the driver.
   *
   * @param parameters further ones of the driver's URL
   */
  SessionRun.Connections connections(String parameters) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(simulator.jdbcUrl() + QUICK_RETRIES + parameters);
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(simulator.accessKeyId(), simulator.secretAccessKey())));
    return dataSource::getConnection;
  }

  /** The tables are as they are before a run. */
  void reset() throws SQLException {
    Tables.reset(simulator);
  }

  /** The last version of each row. */
  Map<Key, Trail> left() throws SQLException {
    return Tables.left(simulator);
  }

  /**
   * What came of a run.
   *
   * @param statistics what the driver did
   * @param cuts how many connections were cut
   */
  record Result(History history, DriverStatistics.Snapshot statistics, int cuts) {

    long count(Outcome outcome) {
      return history.transactions().stream().filter(one -> one.outcome() == outcome).count();
    }
  }

  @Override
  public void close() {
    simulator.close();
  }
}
