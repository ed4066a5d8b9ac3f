package io.dsqlproxy.simulator;

import java.time.Clock;

/**
 * What all sessions of one simulator share. Thread-safe, as its parts are.
 *
 * @param backend the PostgreSQL behind it
 * @param clock decides about ages
 * @param limits what clients are allowed
 * @param requiresServerName whether a client must send SNI
 * @param admission decides about new connections
 * @param catalog knows of changes of the schema
 * @param keys let clients cancel
 * @param neighbours the sessions
 * @param commitLog what they have committed
 */
record Cluster(
    EmbeddedBackend backend,
    Clock clock,
    ClusterLimits limits,
    boolean requiresServerName,
    Admission admission,
    Catalog catalog,
    CancelKeys keys,
    Neighbours neighbours,
    CommitLog commitLog) {

  /** A new cluster, in which nothing was committed. */
  Cluster(
      EmbeddedBackend backend,
      Clock clock,
      ClusterLimits limits,
      boolean requiresServerName,
      Admission admission,
      Catalog catalog,
      CancelKeys keys,
      Neighbours neighbours) {
    this(
        backend,
        clock,
        limits,
        requiresServerName,
        admission,
        catalog,
        keys,
        neighbours,
        new CommitLog());
  }
}
