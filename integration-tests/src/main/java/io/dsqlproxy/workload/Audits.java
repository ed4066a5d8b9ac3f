package io.dsqlproxy.workload;

import io.dsqlproxy.workload.QueueStore.NamedQueue;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/** What each area promises, as questions to the stored data. */
public final class Audits {

  private Audits() {}

  /** Shards and the workflow runs behind their fence. */
  public static Audit shards(
      DataSource dataSource,
      LongSupplier acquisitions,
      LongSupplier runWrites,
      LongSupplier staleCaches) {
    return oneOwnerPerRange(new Audit(dataSource), "shard", "shard/%")
        .noRows(
            "shard-range-is-last-acquired",
            "a shard stands at the last range that a host acquired, and no range was skipped",
            """
            SELECT s.shard_id, s.range_id, count(a.range_id) AS acquired
              FROM shards s
              LEFT JOIN evidence_acquisitions a ON a.resource = 'shard/' || s.shard_id
             GROUP BY s.shard_id, s.range_id
            HAVING count(a.range_id) <> s.range_id OR max(a.range_id) <> s.range_id
            """)
        .noRows(
            "no-write-behind-a-takeover",
            "once a host has taken a shard over, no workflow write of an earlier range appears",
            """
            SELECT t.resource, t.range_id, t.found, count(w.range_id) AS stored
              FROM evidence_takeovers t
              LEFT JOIN evidence_writes w
                ON w.resource = t.resource AND w.range_id < t.range_id
             WHERE t.resource LIKE 'shard/%'
             GROUP BY t.resource, t.range_id, t.evidence_id, t.found
            HAVING count(w.range_id) <> t.found
            """)
        .noRows(
            "ranges-rise-with-record-versions",
            "the writes of a run, in the order of its record versions, never fall back in range",
            """
            SELECT run_id, record_version, previous_range, range_id
              FROM (SELECT run_id, record_version, range_id,
                           lag(range_id) OVER (PARTITION BY run_id ORDER BY record_version)
                             AS previous_range
                      FROM evidence_writes WHERE record_version > 0) w
             WHERE previous_range > range_id
            """)
        .noRows(
            "every-record-version-was-written-once",
            "a run's record version is the number of writes to it: none was overwritten",
            """
            SELECT e.run_id, e.db_record_version, w.writes
              FROM executions e
              LEFT JOIN (SELECT run_id, count(*) AS writes FROM evidence_writes
                          WHERE record_version > 0 GROUP BY run_id) w ON w.run_id = e.run_id
             WHERE w.writes IS NULL OR w.writes <> e.db_record_version
            """)
        .grewBy(
            "no-lost-acquisition",
            "the ranges of all shards grew by the number of acquisitions that hosts committed",
            acquisitions,
            "SELECT sum(range_id) FROM shards")
        .grewBy(
            "no-lost-workflow-write",
            "the record versions of all runs grew by the number of writes that hosts committed",
            runWrites,
            "SELECT sum(db_record_version) FROM executions")
        .never(
            "an-owner's-picture-stays-true",
            "a host that still owns a shard never finds a run in a state it did not leave it in",
            staleCaches);
  }

  /** Task queues of both generations. */
  public static Audit taskQueues(DataSource dataSource, LongSupplier acquired, LongSupplier tasks) {
    Audit audit = oneOwnerPerRange(new Audit(dataSource), "task-queue", "task_queues%");
    for (TaskQueueStore.Generation generation : TaskQueueStore.Generation.values()) {
      audit.noRows(
          "no-task-below-the-read-level-(" + generation.tasks() + ")",
          "once an owner has read the earlier ranges, no task of an earlier range appears",
          """
          SELECT t.resource, t.range_id, t.found, count(k.task_id) AS stored
            FROM evidence_takeovers t
            JOIN %1$s q ON t.resource = '%1$s/' || q.task_queue_id
            LEFT JOIN %2$s k ON k.range_hash = q.range_hash
                 AND k.task_queue_id = q.task_queue_id AND k.task_id < t.range_id * 1048576
           GROUP BY t.resource, t.range_id, t.evidence_id, t.found
          HAVING count(k.task_id) <> t.found
          """
              .formatted(generation.table(), generation.tasks()));
    }
    return audit
        .grewBy(
            "no-lost-takeover",
            "the ranges of all task queues grew by the number of committed takeovers",
            acquired,
            "SELECT (SELECT coalesce(sum(range_id), 0) FROM task_queues)"
                + " + (SELECT coalesce(sum(range_id), 0) FROM task_queues_v2)")
        .grewBy(
            "no-lost-task",
            "as many tasks are stored as owners committed",
            tasks,
            "SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM tasks_v2)");
  }

  /** A message queue of the first generation: its ids may have gaps, their order may not lie. */
  public static Audit queue(DataSource dataSource, int queueType, LongSupplier enqueued) {
    String resource = QueueStore.resource(queueType);
    return consumedInOrder(new Audit(dataSource), "queue", resource)
        .noRows(
            "nothing-behind-the-reader-(queue)",
            "a reader that consumed message n never sees a smaller id later",
            """
            SELECT q.message_id FROM queue q
             WHERE q.queue_type = ?
               AND q.message_id <= (SELECT max(message_id) FROM evidence_consumed WHERE queue = ?)
               AND NOT EXISTS (SELECT 1 FROM evidence_consumed c
                                WHERE c.queue = ? AND c.message_id = q.message_id)
            """,
            queueType,
            resource,
            resource)
        .grewBy(
            "every-message-has-an-id-of-its-own-(queue)",
            "as many different ids exist as producers committed messages",
            enqueued,
            "SELECT count(*) FROM queue WHERE queue_type = ?",
            queueType);
  }

  /** A message queue of the second generation: its ids have no gaps either. */
  public static Audit queue(DataSource dataSource, NamedQueue queue, LongSupplier enqueued) {
    String resource = queue.resource();
    return consumedInOrder(new Audit(dataSource), "queue_messages", resource)
        .noRows(
            "ids-have-no-gaps-(queue_messages)",
            "the n-th message that was consumed has id n",
            "SELECT position, message_id FROM evidence_consumed"
                + " WHERE queue = ? AND position <> message_id",
            resource)
        .noRows(
            "nothing-behind-the-reader-(queue_messages)",
            "the messages that wait begin right after the last one consumed, without gaps",
            """
            SELECT waiting.first_id, waiting.last_id, waiting.messages
              FROM (SELECT min(message_id) AS first_id, max(message_id) AS last_id,
                           count(*) AS messages
                      FROM queue_messages
                     WHERE queue_type = ? AND queue_name = ? AND queue_partition = 0
                       AND message_id >
                           (SELECT coalesce(max(message_id), -1) FROM evidence_consumed
                             WHERE queue = ?)) waiting
             WHERE waiting.messages > 0
               AND (waiting.messages <> waiting.last_id - waiting.first_id + 1
                    OR waiting.first_id <>
                       (SELECT coalesce(max(message_id), -1) + 1 FROM evidence_consumed
                         WHERE queue = ?))
            """,
            queue.type(),
            queue.name(),
            resource,
            resource)
        .grewBy(
            "every-message-has-an-id-of-its-own-(queue_messages)",
            "as many different ids exist as producers committed messages",
            enqueued,
            """
            SELECT count(*) FROM
              (SELECT message_id FROM queue_messages
                WHERE queue_type = ? AND queue_name = ? AND queue_partition = 0
               UNION SELECT message_id FROM evidence_consumed WHERE queue = ?) ids
            """,
            queue.type(),
            queue.name(),
            resource);
  }

  /** Namespaces and the number of their changes. */
  public static Audit namespaces(
      DataSource dataSource, LongSupplier created, LongSupplier changes) {
    return new Audit(dataSource)
        .grewBy(
            "notification-version-counts-changes",
            "the notification version grew by the number of committed namespace changes",
            changes,
            "SELECT notification_version FROM namespace_metadata WHERE partition_id = ?",
            Schema.NAMESPACE_PARTITION)
        .grewBy(
            "one-creator-per-namespace",
            "as many namespaces exist as creators were told that they created one",
            created,
            "SELECT count(*) FROM namespaces WHERE partition_id = ?",
            Schema.NAMESPACE_PARTITION)
        .noRows(
            "every-change-has-a-number-of-its-own",
            "no two namespaces carry the number of the same change, and none a future one",
            """
            SELECT n.notification_version, count(*) AS namespaces
              FROM namespaces n, namespace_metadata m
             WHERE n.partition_id = m.partition_id
             GROUP BY n.notification_version, m.notification_version
            HAVING count(*) > 1 OR n.notification_version >= m.notification_version
            """)
        .noRows(
            "names-are-unique",
            "no two namespaces have the same name",
            "SELECT name, count(*) AS namespaces FROM namespaces GROUP BY name"
                + " HAVING count(*) > 1");
  }

  /** Cluster metadata. */
  public static Audit clusterMetadata(DataSource dataSource, LongSupplier saves) {
    return new Audit(dataSource)
        .grewBy(
            "metadata-version-counts-saves",
            "the versions of all clusters grew by the number of committed saves",
            saves,
            "SELECT sum(version) FROM cluster_metadata_info")
        .noRows(
            "no-lost-save",
            "a cluster's counter, which every saver increments, equals its version",
            "SELECT cluster_name, version, encode(data, 'escape') AS counter"
                + " FROM cluster_metadata_info"
                + " WHERE encode(data, 'escape') <> CAST(version AS text)");
  }

  private static Audit oneOwnerPerRange(Audit audit, String what, String resources) {
    return audit.noRows(
        "one-owner-per-" + what + "-range",
        "every range of a " + what + " was acquired exactly once",
        "SELECT resource, range_id, count(*) AS owners FROM evidence_acquisitions"
            + " WHERE resource LIKE ? GROUP BY resource, range_id HAVING count(*) > 1",
        resources);
  }

  private static Audit consumedInOrder(Audit audit, String table, String resource) {
    return audit
        .noRows(
            "ids-rise-as-they-are-read-(" + table + ")",
            "the reader met the message ids in rising order",
            """
        SELECT position, previous_id, message_id
          FROM (SELECT position, message_id,
                       lag(message_id) OVER (ORDER BY position) AS previous_id
                  FROM evidence_consumed WHERE queue = ?) c
         WHERE previous_id >= message_id
        """,
            resource)
        .noRows(
            "reader's-evidence-is-complete-(" + table + ")",
            "everything that the reader noted is stored",
            """
            SELECT count(*) AS stored, max(position) + 1 AS noted FROM evidence_consumed
             WHERE queue = ? HAVING count(*) <> coalesce(max(position) + 1, 0)
            """,
            resource);
  }
}
