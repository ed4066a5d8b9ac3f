package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.CurrentWorkflowConditionFailed;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import io.dsqlproxy.workload.PersistenceException.WorkflowConditionFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * Workflow runs. Every write is fenced by the shard's range, which it locks and never writes. Safe
 * for use by many threads.
 */
public final class ExecutionStore {

  /** The states of a workflow that the flows distinguish. */
  static final int RUNNING = 1;

  static final int COMPLETED = 3;

  private static final String LOCK_CURRENT_JOIN =
      """
      SELECT
      ce.shard_id, ce.namespace_id, ce.workflow_id, ce.run_id, ce.create_request_id, ce.state, ce.status, ce.start_time, e.last_write_version, ce.data, ce.data_encoding
      FROM current_executions ce
      INNER JOIN executions e ON e.shard_id = ce.shard_id AND e.namespace_id = ce.namespace_id AND e.workflow_id = ce.workflow_id AND e.run_id = ce.run_id
      WHERE ce.shard_id = ? AND ce.namespace_id = ? AND ce.workflow_id = ? FOR UPDATE
      """;
  private static final String LOCK_CURRENT =
      """
      SELECT
      shard_id, namespace_id, workflow_id, run_id, create_request_id, state, status, start_time, last_write_version, data, data_encoding
      FROM current_executions WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ? FOR UPDATE
      """;
  private static final String LOCK_EXECUTION =
      """
      SELECT db_record_version, next_event_id FROM executions
       WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ? AND run_id = ? FOR UPDATE
      """;
  private static final String SELECT_CURRENT =
      "SELECT run_id, state FROM current_executions"
          + " WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ?";
  private static final String SELECT_EXECUTION =
      "SELECT db_record_version, next_event_id FROM executions"
          + " WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ? AND run_id = ?";
  private static final String INSERT_CURRENT =
      "INSERT INTO current_executions (run_id, create_request_id, state, status, start_time,"
          + " last_write_version, data, data_encoding, shard_id, namespace_id, workflow_id)"
          + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP, ?, ?, ?, ?, ?, ?)";
  private static final String UPDATE_CURRENT =
      "UPDATE current_executions SET run_id = ?, create_request_id = ?, state = ?, status = ?,"
          + " last_write_version = ?, data = ?, data_encoding = ?"
          + " WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ?";
  private static final String INSERT_EXECUTION =
      "INSERT INTO executions (next_event_id, last_write_version, db_record_version, data,"
          + " data_encoding, state, state_encoding, shard_id, namespace_id, workflow_id, run_id)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String UPDATE_EXECUTION =
      "UPDATE executions SET next_event_id = ?, last_write_version = ?, db_record_version = ?,"
          + " data = ?, data_encoding = ?, state = ?, state_encoding = ?"
          + " WHERE shard_id = ? AND namespace_id = ? AND workflow_id = ? AND run_id = ?";
  private static final String INSERT_TRANSFER_TASK =
      "INSERT INTO transfer_tasks (shard_id, task_id, data, data_encoding) VALUES (?, ?, ?, ?)";

  private final Transactions transactions;
  private final ShardStore shards;
  private final Dialect dialect;

  /** Fences with the shard store's lock. */
  public ExecutionStore(Transactions transactions, ShardStore shards, Dialect dialect) {
    this.transactions = transactions;
    this.shards = shards;
    this.dialect = dialect;
  }

  /** A workflow, in the shard that it is in for ever. */
  public record Workflow(int shardId, UUID namespaceId, String workflowId) {}

  /** A run as a caller knows it: the condition of its next write. */
  public record Run(Workflow workflow, UUID runId, long recordVersion, int state) {

    Run next(int nextState) {
      return new Run(workflow, runId, recordVersion + 1, nextState);
    }
  }

  /** The range under which a host writes, and the task id that goes with the write. */
  public record Fence(long range, long taskId) {}

  private record Current(UUID runId, int state) {}

  private record Record(long version, long nextEventId) {}

  /** The workflow's current run, read without a lock. */
  public Optional<Run> current(Workflow workflow) {
    return transactions.inAutocommit(
        "GetCurrentExecution",
        connection -> {
          Optional<Current> current = current(connection, SELECT_CURRENT, workflow);
          if (current.isEmpty()) {
            return Optional.empty();
          }
          UUID runId = current.get().runId();
          return record(connection, SELECT_EXECUTION, workflow, runId)
              .map(found -> new Run(workflow, runId, found.version(), current.get().state()));
        });
  }

  /** The run's record version, held until the end of a transaction that only reads. */
  public Optional<Long> describe(Run run) {
    return transactions.inTransaction(
        "DescribeExecution",
        connection ->
            record(connection, dialect.readLockExecution(), run.workflow(), run.runId())
                .map(Record::version));
  }

  /** Starts a workflow that has no current run, or whose current run has completed. */
  public Run create(Fence fence, Workflow workflow, Optional<Run> previous, UUID runId) {
    return transactions.inTransaction(
        "CreateWorkflowExecution",
        connection -> {
          shards.requireOwned(connection, workflow.shardId(), fence.range());
          Optional<Current> current = current(connection, LOCK_CURRENT_JOIN, workflow);
          if (previous.isEmpty()) {
            if (current.isPresent()) {
              throw new CurrentWorkflowConditionFailed("a run is current");
            }
            writeCurrent(connection, INSERT_CURRENT, workflow, runId, RUNNING);
          } else {
            Current found =
                current.orElseThrow(() -> new CurrentWorkflowConditionFailed("no run is current"));
            if (!found.runId().equals(previous.get().runId()) || found.state() != COMPLETED) {
              throw new CurrentWorkflowConditionFailed("the current run is another or running");
            }
            writeCurrent(connection, UPDATE_CURRENT, workflow, runId, RUNNING);
          }
          return insertRun(connection, fence, workflow, runId);
        });
  }

  /** Creates a run that must not be the current one, and leaves the current one alone. */
  public Run createZombie(Fence fence, Workflow workflow, UUID runId) {
    return transactions.inTransaction(
        "CreateWorkflowExecution",
        connection -> {
          shards.requireOwned(connection, workflow.shardId(), fence.range());
          requireNotCurrent(current(connection, LOCK_CURRENT_JOIN, workflow), runId);
          return insertRun(connection, fence, workflow, runId);
        });
  }

  /** Advances the current run by one record version. */
  public Run update(Fence fence, Run run, int nextState) {
    return transactions.inTransaction(
        "UpdateWorkflowExecution",
        connection -> {
          shards.requireOwned(connection, run.workflow().shardId(), fence.range());
          boolean isCurrent =
              current(connection, LOCK_CURRENT, run.workflow())
                  .filter(current -> current.runId().equals(run.runId()))
                  .isPresent();
          if (!isCurrent) {
            throw new CurrentWorkflowConditionFailed("another run is current");
          }
          writeCurrent(connection, UPDATE_CURRENT, run.workflow(), run.runId(), nextState);
          return updateRun(connection, fence, run, nextState);
        });
  }

  /** Advances a run that must not be the current one. */
  public Run updateZombie(Fence fence, Run run) {
    return transactions.inTransaction(
        "UpdateWorkflowExecution",
        connection -> {
          shards.requireOwned(connection, run.workflow().shardId(), fence.range());
          requireNotCurrent(current(connection, LOCK_CURRENT, run.workflow()), run.runId());
          return updateRun(connection, fence, run, run.state());
        });
  }

  /** Adds a task without touching a run. */
  public void addTask(Fence fence, Run run) {
    transactions.inTransaction(
        "AddHistoryTasks",
        connection -> {
          shards.requireOwned(connection, run.workflow().shardId(), fence.range());
          insertTask(connection, fence, run.workflow(), run.runId(), 0);
          return null;
        });
  }

  private Run insertRun(Connection connection, Fence fence, Workflow workflow, UUID runId)
      throws SQLException {
    try {
      Sql.update(
          connection,
          INSERT_EXECUTION,
          2L,
          fence.range(),
          1L,
          Payload.EMPTY,
          Payload.ENCODING,
          Payload.EMPTY,
          Payload.ENCODING,
          workflow.shardId(),
          workflow.namespaceId(),
          workflow.workflowId(),
          runId);
    } catch (SQLException e) {
      if (SqlStates.isDuplicateKey(e)) {
        throw new WorkflowConditionFailed("the run exists already");
      }
      throw e;
    }
    insertTask(connection, fence, workflow, runId, 1);
    return new Run(workflow, runId, 1, RUNNING);
  }

  private Run updateRun(Connection connection, Fence fence, Run run, int nextState)
      throws SQLException {
    Record found =
        record(connection, LOCK_EXECUTION, run.workflow(), run.runId())
            .orElseThrow(() -> new ConditionFailed("the run does not exist"));
    if (found.version() != run.recordVersion()) {
      throw new WorkflowConditionFailed(
          "the run is at record " + found.version() + ", not " + run.recordVersion());
    }
    Run next = run.next(nextState);
    requireOneRow(
        Sql.update(
            connection,
            UPDATE_EXECUTION,
            found.nextEventId() + 1,
            fence.range(),
            next.recordVersion(),
            Payload.EMPTY,
            Payload.ENCODING,
            Payload.EMPTY,
            Payload.ENCODING,
            run.workflow().shardId(),
            run.workflow().namespaceId(),
            run.workflow().workflowId(),
            run.runId()));
    insertTask(connection, fence, run.workflow(), run.runId(), next.recordVersion());
    return next;
  }

  private static void insertTask(
      Connection connection, Fence fence, Workflow workflow, UUID runId, long recordVersion)
      throws SQLException {
    requireOneRow(
        Sql.update(
            connection,
            INSERT_TRANSFER_TASK,
            workflow.shardId(),
            fence.taskId(),
            Payload.of(workflow.workflowId()),
            Payload.ENCODING));
    Evidence.wrote(
        connection, ShardStore.resource(workflow.shardId()), fence.range(), runId, recordVersion);
  }

  private static void writeCurrent(
      Connection connection, String sql, Workflow workflow, UUID runId, int state)
      throws SQLException {
    requireOneRow(
        Sql.update(
            connection,
            sql,
            runId,
            runId.toString(),
            state,
            state == COMPLETED ? 2 : 1,
            1L,
            Payload.EMPTY,
            Payload.ENCODING,
            workflow.shardId(),
            workflow.namespaceId(),
            workflow.workflowId()));
  }

  private static Optional<Current> current(Connection connection, String sql, Workflow workflow)
      throws SQLException {
    return Sql.first(
        connection,
        sql,
        row -> new Current(row.getObject("run_id", UUID.class), row.getInt("state")),
        workflow.shardId(),
        workflow.namespaceId(),
        workflow.workflowId());
  }

  private static Optional<Record> record(
      Connection connection, String sql, Workflow workflow, UUID runId) throws SQLException {
    return Sql.first(
        connection,
        sql,
        row -> new Record(row.getLong("db_record_version"), row.getLong("next_event_id")),
        workflow.shardId(),
        workflow.namespaceId(),
        workflow.workflowId(),
        runId);
  }

  private static void requireNotCurrent(Optional<Current> current, UUID runId) {
    if (current.filter(found -> found.runId().equals(runId)).isPresent()) {
      throw new CurrentWorkflowConditionFailed("the run is the current one");
    }
  }

  private static void requireOneRow(int rows) {
    if (rows != 1) {
      throw new Unavailable("one row was to be written, not " + rows);
    }
  }
}
