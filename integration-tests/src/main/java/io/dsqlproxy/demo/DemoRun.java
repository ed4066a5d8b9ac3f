package io.dsqlproxy.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.demo.DemoResult.PhaseResult;
import io.dsqlproxy.demo.DemoResult.ServerView;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.driver.observation.DriverStatistics.Snapshot;
import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.workload.Area;
import io.dsqlproxy.workload.ClusterMetadataArea;
import io.dsqlproxy.workload.Dialect;
import io.dsqlproxy.workload.NamespaceArea;
import io.dsqlproxy.workload.QueueArea;
import io.dsqlproxy.workload.Schema;
import io.dsqlproxy.workload.ShardArea;
import io.dsqlproxy.workload.TaskQueueArea;
import io.dsqlproxy.workload.WorkloadRun;
import io.dsqlproxy.workload.WorkloadRun.Outcome;
import io.dsqlproxy.workload.hibernate.HibernateApplication;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** One run of the demo: a server, a pool on the driver, three phases, a report. Used once. */
public final class DemoRun {

  static final int PHASES = 3;

  private static final int CONNECTIONS = 18;
  private static final Duration INTERVAL = Duration.ofSeconds(4);
  private static final Pattern LOCK =
      Pattern.compile(
          "\\bFOR\\s+(UPDATE|NO\\s+KEY\\s+UPDATE|SHARE|KEY\\s+SHARE)\\b|\\bLOCK IN SHARE MODE\\b",
          Pattern.CASE_INSENSITIVE);

  private final DemoOptions options;
  private final PrintStream out;
  private final List<PhaseResult> phases = new ArrayList<>();
  private final long started = System.nanoTime();

  /** A run that prints what it does while it does it. */
  public DemoRun(DemoOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs the phases, until one fails, and prints the report. */
  public DemoResult run() throws SQLException, InterruptedException {
    Snapshot before = DriverStatistics.global().snapshot();
    out.println("Applications with pessimistic locks, unmodified, on a server like Aurora DSQL");
    try (DsqlSimulator server = DsqlSimulator.start()) {
      say("server ready: TLS, IAM tokens, snapshot isolation, and DSQL's refusals");
      out.println("         " + server.jdbcUrl().replaceAll("&sslrootcert=.*", ""));
      try (HikariDataSource pool = pool(server)) {
        Schema.create(pool);
        if (persistence(pool, Dialect.POSTGRESQL) && persistence(pool, Dialect.MYSQL)) {
          hibernate(pool);
        }
      }
      Snapshot counted = DriverStatistics.global().snapshot().since(before);
      DemoResult result = new DemoResult(phases, counted, view(server));
      new DemoReport(out).print(result);
      say(result.isGood() ? "everything holds" : "NOT GOOD: see above");
      return result;
    }
  }

  private HikariDataSource pool(DsqlSimulator server) {
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(server.jdbcUrl());
    dataSource.setCredentialsProvider(
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())));
    dataSource.setRewriteLocks(options.rewriteLocks());
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  private boolean persistence(DataSource dataSource, Dialect dialect)
      throws SQLException, InterruptedException {
    return phase(
        "A workflow engine's persistence, locks as written for "
            + (dialect == Dialect.MYSQL ? "MySQL" : "PostgreSQL"),
        List.of(
            new ShardArea(dataSource, dialect),
            new TaskQueueArea(dataSource),
            new QueueArea(dataSource, dialect),
            new NamespaceArea(dataSource),
            new ClusterMetadataArea(dataSource)));
  }

  private void hibernate(DataSource dataSource) throws SQLException, InterruptedException {
    try (HibernateApplication application = new HibernateApplication(dataSource)) {
      phase("A Hibernate application on HikariCP, plain PostgreSQLDialect", application.areas());
    }
  }

  private boolean phase(String name, List<Area> areas) throws SQLException, InterruptedException {
    out.println();
    say(name);
    Outcome outcome =
        new WorkloadRun(areas)
            .run(options.competing().dividedBy(PHASES), INTERVAL, this::showProgress);
    phases.add(new PhaseResult(name, outcome));
    if (outcome.failure().isEmpty()) {
      showProgress(areas);
    }
    return outcome.failure().isEmpty();
  }

  /** Operations committed, and in brackets how often a transaction lost and was run again. */
  private void showProgress(List<Area> areas) {
    say(
        areas.stream()
            .map(Area::progress)
            .map(
                progress ->
                    "%s %,d (%,d)"
                        .formatted(progress.area(), progress.operations(), progress.conflicts()))
            .collect(Collectors.joining("   ")));
  }

  private void say(String line) {
    long seconds = Duration.ofNanos(System.nanoTime() - started).toSeconds();
    out.println("%3d:%02d   %s".formatted(seconds / 60, seconds % 60, line));
  }

  private static ServerView view(DsqlSimulator server) {
    List<String> statements = server.statements();
    Map<String, Long> locks = new TreeMap<>();
    statements.stream()
        .distinct()
        .forEach(
            sql -> {
              Matcher lock = LOCK.matcher(sql);
              while (lock.find()) {
                locks.merge(lock.group().toUpperCase(Locale.ROOT), 1L, Long::sum);
              }
            });
    Map<String, Long> refusals = new TreeMap<>();
    server
        .refusals()
        .forEach(
            refusal -> refusals.merge(refusal.sqlState() + " " + refusal.message(), 1L, Long::sum));
    return new ServerView(statements.size(), locks, refusals, server.conflicts());
  }
}
