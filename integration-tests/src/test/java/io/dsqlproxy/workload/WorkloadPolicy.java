package io.dsqlproxy.workload;

import io.dsqlproxy.driver.DsqlDataSource;

/** What the driver is told to make of the stores' locks. */
enum WorkloadPolicy {
  /** The default. */
  FOR_UPDATE(""),
  /** Taken when the transaction comes to write. */
  DEFERRED("deferred"),
  /** By the versions that the stores keep anyway, where the table has any. */
  CONDITIONAL("conditional"),
  /** All locks are dropped. */
  NONE("forShare:none,forUpdate:none");

  private static final String VERSIONS =
      "shards.range_id,executions.db_record_version,namespace_metadata.notification_version,"
          + "task_queues.range_id,task_queues_v2.range_id,queue_metadata.version,"
          + "cluster_metadata_info.version";

  private final String rules;

  WorkloadPolicy(String rules) {
    this.rules = rules;
  }

  /** The same data source, under this policy and with patience for nothing. */
  DsqlDataSource applyTo(DsqlDataSource dataSource) {
    return withRules(dataSource, rules);
  }

  /** The same data source, which drops the locks of one table and keeps all others. */
  static DsqlDataSource dropLocksOf(String table, DsqlDataSource dataSource) {
    return withRules(dataSource, table + ":forShare:none," + table + ":forUpdate:none");
  }

  private static DsqlDataSource withRules(DsqlDataSource dataSource, String rules) {
    dataSource.setLockPolicy(rules);
    dataSource.setVersionColumns(VERSIONS);
    dataSource.setRetryBaseDelay("0ms");
    return dataSource;
  }
}
