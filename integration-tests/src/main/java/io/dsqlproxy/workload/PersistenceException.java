package io.dsqlproxy.workload;

import java.sql.SQLException;

/**
 * What a store answers when it cannot do what it was asked; each kind calls for another reaction.
 */
public abstract sealed class PersistenceException extends RuntimeException {

  private PersistenceException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Another host owns the shard by now: forget everything that was cached for it. */
  public static final class ShardOwnershipLost extends PersistenceException {
    ShardOwnershipLost(int shardId, long expected, long actual) {
      super("shard " + shardId + " is at range " + actual + ", not " + expected, null);
    }
  }

  /** The row is not in the state that the caller named. */
  public static final class ConditionFailed extends PersistenceException {
    ConditionFailed(String message) {
      super(message, null);
    }
  }

  /** The workflow run is not in the state that the caller named. */
  public static final class WorkflowConditionFailed extends PersistenceException {
    WorkflowConditionFailed(String message) {
      super(message, null);
    }
  }

  /** Another run of the workflow is current. */
  public static final class CurrentWorkflowConditionFailed extends PersistenceException {
    CurrentWorkflowConditionFailed(String message) {
      super(message, null);
    }
  }

  /** The namespace's id or name is taken. */
  public static final class NamespaceAlreadyExists extends PersistenceException {
    NamespaceAlreadyExists(String name, Throwable cause) {
      super("namespace " + name + " exists already", cause);
    }
  }

  /** Nothing was done, for a reason that is the database's: see {@link #sqlState()}. */
  public static final class Unavailable extends PersistenceException {

    private final String sqlState;

    Unavailable(String message) {
      super(message, null);
      this.sqlState = "";
    }

    /** The operation failed in the database. */
    public Unavailable(String operation, SQLException cause) {
      super(operation + ": " + cause.getMessage(), cause);
      this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /** The SQLSTATE of the cause; empty if the database was not the cause. */
    public String sqlState() {
      return sqlState;
    }
  }
}
