package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Task queues and their tasks. Tasks are inserted first and the queue's range is locked just before
 * COMMIT; that transaction never writes the queue's row. Safe for use by many threads.
 */
public final class TaskQueueStore {

  private final Transactions transactions;

  /** Runs everything through the given transactions. */
  public TaskQueueStore(Transactions transactions) {
    this.transactions = transactions;
  }

  /** The two generations of tables. */
  public enum Generation {
    /** Tasks in the order of their ids. */
    CLASSIC("task_queues", "tasks", ""),
    /** Tasks in passes, for fairness between callers. */
    FAIR("task_queues_v2", "tasks_v2", "1, ");

    private final String table;
    private final String tasks;
    private final String pass;

    Generation(String table, String tasks, String pass) {
      this.table = table;
      this.tasks = tasks;
      this.pass = pass;
    }

    String table() {
      return table;
    }

    String tasks() {
      return tasks;
    }

    private String lock() {
      return "SELECT range_id FROM " + table + " WHERE range_hash=? AND task_queue_id=? FOR UPDATE";
    }

    private String select() {
      return "SELECT range_id FROM " + table + " WHERE range_hash=? AND task_queue_id=?";
    }

    private String insert() {
      return "INSERT INTO "
          + table
          + " (range_hash, task_queue_id, range_id, data, data_encoding) VALUES (?, ?, ?, ?, ?)";
    }

    private String update() {
      return "UPDATE "
          + table
          + " SET range_id = ?, data = ?, data_encoding = ?"
          + " WHERE range_hash = ? AND task_queue_id = ?";
    }

    private String insertTasks(int count) {
      String row = "(?, ?, " + pass + "?, ?, ?)";
      return "INSERT INTO "
          + tasks
          + " (range_hash, task_queue_id, "
          + (pass.isEmpty() ? "" : "pass, ")
          + "task_id, data, data_encoding) VALUES "
          + String.join(", ", Collections.nCopies(count, row));
    }
  }

  /** One queue. */
  public record TaskQueue(Generation generation, UUID id, long hash) {

    /** The queue of that name, the same in every process. */
    public static TaskQueue named(Generation generation, String name) {
      UUID id = UUID.nameUUIDFromBytes(Payload.of(name));
      CRC32 crc = new CRC32();
      crc.update(Payload.of(id.toString()));
      return new TaskQueue(generation, id, crc.getValue());
    }

    String resource() {
      return generation.table + "/" + id;
    }
  }

  /** The queue's range; empty if there is no such queue yet. */
  public Optional<Long> range(TaskQueue queue) {
    return transactions.inAutocommit(
        "GetTaskQueue",
        connection ->
            Sql.number(connection, queue.generation().select(), queue.hash(), queue.id()));
  }

  /** Makes the owner the owner of the next range, or of the first one of a new queue. */
  public long acquire(TaskQueue queue, Optional<Long> previous, String owner) {
    return previous.isPresent() ? advance(queue, previous.get(), owner) : create(queue, owner);
  }

  private long create(TaskQueue queue, String owner) {
    return transactions.inTransaction(
        "CreateTaskQueue",
        connection -> {
          try {
            Sql.update(
                connection,
                queue.generation().insert(),
                queue.hash(),
                queue.id(),
                1L,
                Payload.of(owner),
                Payload.ENCODING);
          } catch (SQLException e) {
            if (SqlStates.isDuplicateKey(e)) {
              throw new ConditionFailed("the task queue exists already");
            }
            throw e;
          }
          Evidence.acquired(connection, queue.resource(), 1L, owner);
          return 1L;
        });
  }

  private long advance(TaskQueue queue, long previous, String owner) {
    return transactions.inTransaction(
        "UpdateTaskQueue",
        connection -> {
          lock(connection, queue, previous);
          write(connection, queue, previous + 1, owner);
          Evidence.acquired(connection, queue.resource(), previous + 1, owner);
          return previous + 1;
        });
  }

  /** Stores how far the owner has come, under the range that it holds. */
  public void updateAckLevel(TaskQueue queue, long range, String owner) {
    transactions.inTransaction(
        "UpdateTaskQueue",
        connection -> {
          lock(connection, queue, range);
          write(connection, queue, range, owner);
          return null;
        });
  }

  /**
   * What the new owner of a range does first: it reads all tasks of earlier ranges. Its read level
   * is above them from now on, so a task that appears there later is never delivered.
   */
  public long takeOver(TaskQueue queue, long range) {
    return transactions.inAutocommit(
        "GetTasks",
        connection -> {
          long found =
              Sql.number(
                      connection,
                      "SELECT count(*) FROM "
                          + queue.generation().tasks
                          + " WHERE range_hash = ? AND task_queue_id = ? AND task_id < ?",
                      queue.hash(),
                      queue.id(),
                      Ranges.firstTask(range))
                  .orElseThrow();
          Evidence.tookOver(connection, queue.resource(), range, found);
          return found;
        });
  }

  /** Adds the tasks, if the queue is still at the range when they are committed. */
  public void createTasks(TaskQueue queue, long range, List<Long> taskIds) {
    Object[] arguments =
        taskIds.stream()
            .flatMap(
                id ->
                    List.<Object>of(queue.hash(), queue.id(), id, Payload.EMPTY, Payload.ENCODING)
                        .stream())
            .toArray();
    transactions.inTransaction(
        "CreateTasks",
        connection -> {
          Sql.update(connection, queue.generation().insertTasks(taskIds.size()), arguments);
          lock(connection, queue, range);
          return null;
        });
  }

  private static void lock(Connection connection, TaskQueue queue, long range) throws SQLException {
    long found =
        Sql.number(connection, queue.generation().lock(), queue.hash(), queue.id())
            .orElseThrow(() -> new ConditionFailed("the task queue does not exist"));
    if (found != range) {
      throw new ConditionFailed("the task queue is at range " + found + ", not " + range);
    }
  }

  private static void write(Connection connection, TaskQueue queue, long range, String owner)
      throws SQLException {
    int rows =
        Sql.update(
            connection,
            queue.generation().update(),
            range,
            Payload.of(owner),
            Payload.ENCODING,
            queue.hash(),
            queue.id());
    if (rows != 1) {
      throw new ConditionFailed("one task queue was to be written, not " + rows);
    }
  }
}
