package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Message queues in both generations: the id of a message is the last id plus one, read under a
 * lock. Safe for use by many threads.
 */
public final class QueueStore {

  private static final String SELECT_QUEUE =
      "SELECT metadata_payload, metadata_encoding from queues WHERE queue_type=? and queue_name=?";

  private final Transactions transactions;
  private final Dialect dialect;

  /** Locks in the dialect's words. */
  public QueueStore(Transactions transactions, Dialect dialect) {
    this.transactions = transactions;
    this.dialect = dialect;
  }

  /** A queue of the second generation. */
  public record NamedQueue(int type, String name) {

    private static final long PARTITION = 0;

    String resource() {
      return "queue_messages/" + type + "/" + name;
    }
  }

  static String resource(int queueType) {
    return "queue/" + queueType;
  }

  /** Creates the metadata of a queue of the first generation, if it is not there. */
  public void create(int queueType) {
    transactions.inAutocommit(
        "InitQueue",
        connection ->
            ignoringDuplicates(
                connection,
                "INSERT INTO queue_metadata (queue_type, data, data_encoding, version)"
                    + " VALUES (?, ?, ?, 0)",
                queueType,
                Payload.EMPTY,
                Payload.ENCODING));
  }

  /** Creates the metadata of a queue of the second generation, if it is not there. */
  public void create(NamedQueue queue) {
    transactions.inAutocommit(
        "CreateQueue",
        connection ->
            ignoringDuplicates(
                connection,
                "INSERT INTO queues (queue_type, queue_name, metadata_payload, metadata_encoding)"
                    + " VALUES (?, ?, ?, ?)",
                queue.type(),
                queue.name(),
                Payload.EMPTY,
                Payload.ENCODING));
  }

  /** Appends a message and returns its id. */
  public long enqueue(int queueType, String message) {
    return transactions.inTransaction(
        "EnqueueMessage",
        connection -> {
          long id =
              Sql.number(connection, dialect.lastMessageId(), queueType)
                  .map(last -> last + 1)
                  .orElse(0L);
          Sql.update(
              connection,
              "INSERT INTO queue (queue_type, message_id, message_payload, message_encoding)"
                  + " VALUES (?, ?, ?, ?)",
              queueType,
              id,
              Payload.of(message),
              Payload.ENCODING);
          return id;
        });
  }

  /** Appends a message and returns its id. */
  public long enqueue(NamedQueue queue, String message) {
    transactions.inAutocommit("GetQueue", connection -> requireQueue(connection, queue));
    return transactions.inTransaction(
        "EnqueueMessage",
        connection -> {
          long id = lastMessage(connection, queue) + 1;
          Sql.update(
              connection,
              "INSERT INTO queue_messages (queue_type, queue_name, queue_partition, message_id,"
                  + " message_payload, message_encoding) VALUES (?, ?, ?, ?, ?, ?)",
              queue.type(),
              queue.name(),
              NamedQueue.PARTITION,
              id,
              Payload.of(message),
              Payload.ENCODING);
          return id;
        });
  }

  /** The ids of the messages after one, in order. */
  public List<Long> read(int queueType, long after, int limit) {
    return transactions.inAutocommit(
        "ReadMessages",
        connection ->
            Sql.all(
                connection,
                "SELECT message_id FROM queue WHERE queue_type = ? AND message_id > ?"
                    + " ORDER BY message_id ASC LIMIT ?",
                row -> row.getLong(1),
                queueType,
                after,
                limit));
  }

  /** The ids of the messages after one, in order. */
  public List<Long> read(NamedQueue queue, long after, int limit) {
    return transactions.inAutocommit(
        "ReadMessages",
        connection ->
            Sql.all(
                connection,
                "SELECT message_id FROM queue_messages WHERE queue_type = ? AND queue_name = ?"
                    + " AND queue_partition = ? AND message_id >= ?"
                    + " ORDER BY message_id ASC LIMIT ?",
                row -> row.getLong(1),
                queue.type(),
                queue.name(),
                NamedQueue.PARTITION,
                after + 1,
                limit));
  }

  /** Stores how far a reader has come. */
  public void acknowledge(int queueType, long upTo) {
    transactions.inTransaction(
        "UpdateAckLevel",
        connection -> {
          long version =
              Sql.first(
                      connection,
                      "SELECT data, data_encoding, version from queue_metadata"
                          + " WHERE queue_type = ? FOR UPDATE",
                      row -> row.getLong("version"),
                      queueType)
                  .orElseThrow(() -> new Unavailable("the queue does not exist"));
          int rows =
              Sql.update(
                  connection,
                  "UPDATE queue_metadata SET data = ?, data_encoding = ?, version = ?"
                      + " WHERE queue_type = ? AND version = ?",
                  Payload.of(Long.toString(upTo)),
                  Payload.ENCODING,
                  version + 1,
                  queueType,
                  version);
          if (rows != 1) {
            throw new ConditionFailed("the queue's version was not " + version);
          }
          return null;
        });
  }

  /** Deletes the messages up to one, but never the last one: its id is where the next begins. */
  public void deleteUpTo(NamedQueue queue, long upTo) {
    transactions.inTransaction(
        "RangeDeleteMessages",
        connection -> {
          Sql.first(
                  connection,
                  SELECT_QUEUE + " FOR UPDATE",
                  row -> row.getBytes(1),
                  queue.type(),
                  queue.name())
              .orElseThrow(() -> new Unavailable("the queue does not exist"));
          long end = Math.min(upTo, lastMessage(connection, queue) - 1);
          Sql.update(
              connection,
              "DELETE FROM queue_messages WHERE queue_type = ? AND queue_name = ?"
                  + " AND queue_partition = ? AND message_id >= ? AND message_id <= ?",
              queue.type(),
              queue.name(),
              NamedQueue.PARTITION,
              0L,
              end);
          Sql.update(
              connection,
              "UPDATE queues SET metadata_payload = ?, metadata_encoding = ?"
                  + " WHERE queue_type = ? AND queue_name = ?",
              Payload.of(Long.toString(end)),
              Payload.ENCODING,
              queue.type(),
              queue.name());
          return null;
        });
  }

  /** The last message's id as an overview shows it: the locking statement, in autocommit. */
  public long list(NamedQueue queue) {
    return transactions.inAutocommit("ListQueues", connection -> lastMessage(connection, queue));
  }

  /** Appends what a reader consumed, in its order. */
  public void consumed(String resource, long firstPosition, List<Long> messageIds) {
    transactions.inTransaction(
        "Consume",
        connection -> {
          long position = firstPosition;
          for (long id : messageIds) {
            Sql.update(
                connection,
                "INSERT INTO evidence_consumed (queue, position, message_id) VALUES (?, ?, ?)",
                resource,
                position++,
                id);
          }
          return null;
        });
  }

  /** How many messages the queue's reader consumed in earlier runs, and the last of them. */
  public Cursor cursor(String resource) {
    return transactions.inAutocommit(
        "Cursor",
        connection ->
            Sql.first(
                    connection,
                    "SELECT position, message_id FROM evidence_consumed WHERE queue = ?"
                        + " ORDER BY position DESC LIMIT 1",
                    row -> new Cursor(row.getLong(1) + 1, row.getLong(2)),
                    resource)
                .orElse(new Cursor(0, -1)));
  }

  /** Where a reader stands. */
  public record Cursor(long position, long lastMessageId) {}

  private long lastMessage(Connection connection, NamedQueue queue) throws SQLException {
    return Sql.number(
            connection,
            dialect.lastNamedMessageId(),
            queue.type(),
            queue.name(),
            NamedQueue.PARTITION,
            queue.type(),
            queue.name(),
            NamedQueue.PARTITION)
        .orElse(-1L);
  }

  private static Void requireQueue(Connection connection, NamedQueue queue) throws SQLException {
    Sql.first(connection, SELECT_QUEUE, row -> row.getBytes(1), queue.type(), queue.name())
        .orElseThrow(() -> new Unavailable("the queue does not exist"));
    return null;
  }

  private static Void ignoringDuplicates(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try {
      Sql.update(connection, sql, arguments);
    } catch (SQLException e) {
      if (!SqlStates.isDuplicateKey(e)) {
        throw e;
      }
    }
    return null;
  }
}
