package io.dsqlproxy.workload;

/** Whose spelling of the same locks an application uses. */
public enum Dialect {
  /** {@code FOR SHARE}, and the last message id by a locked row. */
  POSTGRESQL(" FOR SHARE", "message_id"),
  /** {@code LOCK IN SHARE MODE}, and the last message id by a locked aggregate. */
  MYSQL(" LOCK IN SHARE MODE", "MAX(message_id)");

  private final String shareLock;
  private final String lastMessageId;

  Dialect(String shareLock, String lastMessageId) {
    this.shareLock = shareLock;
    this.lastMessageId = lastMessageId;
  }

  String readLockShard() {
    return "SELECT range_id FROM shards WHERE shard_id = ?" + shareLock;
  }

  String readLockExecution() {
    return "SELECT db_record_version, next_event_id FROM executions\n"
        + " WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ? AND run_id = ?"
        + shareLock;
  }

  /** As it is written upstream: the outer query does not restrict the queue type. */
  String lastMessageId() {
    return "SELECT "
        + lastMessageId
        + " FROM queue WHERE message_id >= (SELECT message_id FROM queue WHERE queue_type=?"
        + " ORDER BY message_id DESC LIMIT 1) FOR UPDATE";
  }

  String lastNamedMessageId() {
    return "SELECT "
        + lastMessageId
        + " FROM queue_messages WHERE queue_type=? and queue_name=? and queue_partition=? and"
        + " message_id >= (SELECT message_id FROM queue_messages WHERE queue_type=? and"
        + " queue_name=? and queue_partition=? ORDER BY message_id DESC LIMIT 1) FOR UPDATE";
  }
}
