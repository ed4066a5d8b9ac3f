package io.dsqlproxy.simulator;

import java.time.Duration;

/**
 * What a cluster allows its clients. Immutable.
 *
 * @param maxConnections the sessions open at the same time
 * @param connectsPerSecond the logins per second, once the burst is used up
 * @param connectBurst the logins at once after a quiet time
 * @param connectionAge how long a connection lives
 * @param transactionAge how long a transaction may take
 */
public record ClusterLimits(
    int maxConnections,
    int connectsPerSecond,
    int connectBurst,
    Duration connectionAge,
    Duration transactionAge) {

  /** The limits of the service. */
  public static final ClusterLimits OF_THE_SERVICE =
      new ClusterLimits(10_000, 100, 1_000, Duration.ofMinutes(60), Duration.ofSeconds(300));

  /** These limits with another number of connections. */
  public ClusterLimits withMaxConnections(int value) {
    return new ClusterLimits(value, connectsPerSecond, connectBurst, connectionAge, transactionAge);
  }

  /** These limits with another rate of logins. */
  public ClusterLimits withConnectRate(int perSecond, int burst) {
    return new ClusterLimits(maxConnections, perSecond, burst, connectionAge, transactionAge);
  }

  /** These limits with another life of a connection. */
  public ClusterLimits withConnectionAge(Duration value) {
    return new ClusterLimits(
        maxConnections, connectsPerSecond, connectBurst, value, transactionAge);
  }

  /** These limits with another life of a transaction. */
  public ClusterLimits withTransactionAge(Duration value) {
    return new ClusterLimits(maxConnections, connectsPerSecond, connectBurst, connectionAge, value);
  }
}
