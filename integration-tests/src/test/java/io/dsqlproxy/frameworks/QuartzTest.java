package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quartz.JobBuilder.newJob;
import static org.quartz.TriggerBuilder.newTrigger;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.cluster.SystemCredentials;
import io.dsqlproxy.driver.DsqlDriver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;

/** Quartz keeps its jobs in the cluster. */
@Timeout(60)
class QuartzTest {

  private static final CompletableFuture<String> GREETED = new CompletableFuture<>();

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();
  @RegisterExtension static final SystemCredentials CREDENTIALS = new SystemCredentials();

  @Test
  void clusteredJobStoreSchedulesAndRunsAJob() throws Exception {
    createQuartzTables();
    CLUSTER.clearStatements();
    Scheduler scheduler = scheduler();
    try {
      scheduler.scheduleJob(
          newJob(Greeting.class).withIdentity("greeting").usingJobData("name", "DSQL").build(),
          newTrigger().startNow().build());
      assertThat(CLUSTER.ask("SELECT count(*) FROM qrtz_triggers")).isEqualTo("1");
      scheduler.start();
      assertThat(GREETED.get(30, TimeUnit.SECONDS)).isEqualTo("DSQL");
    } finally {
      scheduler.shutdown(true);
    }
    assertThat(CLUSTER.ask("SELECT count(*) FROM qrtz_triggers")).isEqualTo("0");
    assertThat(CLUSTER.statements())
        .anyMatch(sql -> sql.contains("QRTZ_LOCKS") && sql.endsWith("FOR UPDATE"));
  }

  private static Scheduler scheduler() throws SchedulerException {
    Properties properties = new Properties();
    properties.setProperty("org.quartz.scheduler.instanceName", "clustered");
    properties.setProperty("org.quartz.scheduler.instanceId", "AUTO");
    properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    properties.setProperty("org.quartz.threadPool.threadCount", "1");
    properties.setProperty("org.quartz.jobStore.class", JobStoreTX.class.getName());
    properties.setProperty(
        "org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName());
    properties.setProperty("org.quartz.jobStore.isClustered", "true");
    properties.setProperty("org.quartz.jobStore.dataSource", "cluster");
    properties.setProperty("org.quartz.dataSource.cluster.provider", "hikaricp");
    properties.setProperty("org.quartz.dataSource.cluster.driver", DsqlDriver.class.getName());
    properties.setProperty("org.quartz.dataSource.cluster.URL", CLUSTER.urlWithoutUser());
    properties.setProperty("org.quartz.dataSource.cluster.user", "admin");
    properties.setProperty("org.quartz.dataSource.cluster.maxConnections", "4");
    return new StdSchedulerFactory(properties).getScheduler();
  }

  /** Quartz's own script, with asynchronous indexes: the only thing that DSQL asks for. */
  private static void createQuartzTables() throws IOException, SQLException {
    String script;
    try (InputStream in =
        JobStoreTX.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_postgres.sql")) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    String statements =
        script.replaceAll("(?m)^--.*$", "").replaceAll("CREATE INDEX", "CREATE INDEX ASYNC");
    for (String statement : statements.split(";")) {
      if (!statement.isBlank() && !statement.strip().equalsIgnoreCase("COMMIT")) {
        CLUSTER.run(statement);
      }
    }
  }

  /** Tells that it was run, and with what. */
  public static final class Greeting implements Job {

    @Override
    public void execute(JobExecutionContext context) {
      GREETED.complete(context.getMergedJobDataMap().getString("name"));
    }
  }
}
