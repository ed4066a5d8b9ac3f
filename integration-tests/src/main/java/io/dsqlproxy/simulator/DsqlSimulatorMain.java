package io.dsqlproxy.simulator;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a simulator in the foreground until the process is ended. Ends by itself with status 2 if
 * the command line makes no sense, and with 1 if the simulator cannot start.
 */
public final class DsqlSimulatorMain {

  private DsqlSimulatorMain() {}

  /** {@code --help} lists the arguments. */
  public static void main(String[] arguments) throws InterruptedException {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.println(SimulatorOptions.usage());
      return;
    }
    DsqlSimulatorBuilder builder;
    try {
      builder = SimulatorOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(SimulatorOptions.usage());
      System.exit(2);
      return;
    }
    // Before the first logger exists: what is printed here is all there is to know.
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    try (DsqlSimulator simulator = builder.start()) {
      System.out.println(welcome(simulator));
      new CountDownLatch(1).await();
    } catch (UncheckedIOException e) {
      System.err.println("The simulator cannot start: " + e.getCause().getMessage());
      System.exit(1);
    }
  }

  /** Everything that a client needs, ready to be copied. */
  static String welcome(DsqlSimulator simulator) {
    return """
        DSQL simulator, PostgreSQL 16 on %1$s:%2$d. Ctrl-C ends it and removes everything.

        The driver; the AWS SDK finds these credentials in the environment:
          export AWS_ACCESS_KEY_ID=%3$s
          export AWS_SECRET_ACCESS_KEY=%4$s
          %5$s

        psql; the password is a token that is good for 15 minutes:
          PGPASSWORD='%6$s' \\
            psql 'host=%1$s port=%2$d dbname=postgres user=admin sslmode=verify-full sslrootcert=%7$s'

        pgJDBC, with the same password:
          %8$s
        """
        .formatted(
            simulator.host(),
            simulator.port(),
            simulator.accessKeyId(),
            simulator.secretAccessKey(),
            simulator.jdbcUrl(),
            simulator.token("admin"),
            simulator.certificateAuthority(),
            simulator.postgresUrl());
  }
}
