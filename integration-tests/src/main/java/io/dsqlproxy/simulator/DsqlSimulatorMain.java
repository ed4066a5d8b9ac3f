package io.dsqlproxy.simulator;

import java.util.concurrent.CountDownLatch;

/** Runs a simulator in the foreground: {@code DsqlSimulatorMain [port]}. */
public final class DsqlSimulatorMain {

  private DsqlSimulatorMain() {}

  /** Starts the simulator and waits until the process is ended. */
  public static void main(String[] arguments) throws InterruptedException {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    try (DsqlSimulator simulator = DsqlSimulator.builder().port(port).start()) {
      System.out.printf(
          "DSQL simulator on %s:%d%n%nJDBC (proxy driver, with AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s):%n  %s%n%n"
              + "psql:%n  PGPASSWORD='%s' psql 'host=localhost port=%d dbname=postgres user=admin"
              + " sslmode=verify-full sslrootcert=%s'%n",
          simulator.host(),
          simulator.port(),
          simulator.accessKeyId(),
          simulator.secretAccessKey(),
          simulator.jdbcUrl(),
          simulator.token("admin"),
          simulator.port(),
          simulator.certificateAuthority());
      new CountDownLatch(1).await();
    }
  }
}
