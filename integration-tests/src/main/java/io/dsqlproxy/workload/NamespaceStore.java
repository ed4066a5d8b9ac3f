package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ConditionFailed;
import io.dsqlproxy.workload.PersistenceException.NamespaceAlreadyExists;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Namespaces, and the one row that numbers every change to any of them. Safe for use by many
 * threads.
 */
public final class NamespaceStore {

  private static final int PARTITION = Schema.NAMESPACE_PARTITION;

  private static final String LOCK_METADATA =
      "SELECT notification_version FROM namespace_metadata WHERE partition_id=? FOR UPDATE";
  private static final String SELECT_METADATA =
      "SELECT notification_version FROM namespace_metadata WHERE partition_id=?";
  private static final String UPDATE_METADATA =
      "UPDATE namespace_metadata SET notification_version = ?"
          + " WHERE notification_version = ? AND partition_id=?";

  private final Transactions transactions;

  /** Runs everything through the given transactions. */
  public NamespaceStore(Transactions transactions) {
    this.transactions = transactions;
  }

  /** The number of the next change, read without a lock. */
  public long notificationVersion() {
    return transactions.inAutocommit(
        "GetMetadata",
        connection -> Sql.number(connection, SELECT_METADATA, PARTITION).orElseThrow());
  }

  /** Creates a namespace under a name that nobody else has. */
  public void create(UUID id, String name) {
    transactions.inTransaction(
        "CreateNamespace",
        connection -> {
          long version = lockMetadata(connection);
          try {
            Sql.update(
                connection,
                "INSERT INTO namespaces (partition_id, id, name, is_global, data, data_encoding,"
                    + " notification_version) VALUES (?, ?, ?, ?, ?, ?, ?)",
                PARTITION,
                id,
                name,
                false,
                Payload.EMPTY,
                Payload.ENCODING,
                version);
          } catch (SQLException e) {
            if (SqlStates.isDuplicateKey(e)) {
              throw new NamespaceAlreadyExists(name, e);
            }
            throw e;
          }
          return advanceMetadata(connection, version);
        });
  }

  /** Changes or renames a namespace, if nothing changed since the version was read. */
  public void update(UUID id, String name, long expectedVersion) {
    transactions.inTransaction(
        "UpdateNamespace",
        connection -> {
          long version = lockMetadata(connection);
          if (version != expectedVersion) {
            throw new ConditionFailed(
                "conditional update error: expect: " + expectedVersion + ", actual: " + version);
          }
          int rows =
              Sql.update(
                  connection,
                  "UPDATE namespaces SET name = ?, data = ?, data_encoding = ?, is_global = ?,"
                      + " notification_version = ? WHERE partition_id = ? AND id = ?",
                  name,
                  Payload.EMPTY,
                  Payload.ENCODING,
                  false,
                  expectedVersion,
                  PARTITION,
                  id);
          if (rows != 1) {
            throw new Unavailable("one namespace was to be written, not " + rows);
          }
          return advanceMetadata(connection, version);
        });
  }

  private static long lockMetadata(Connection connection) throws SQLException {
    return Sql.number(connection, LOCK_METADATA, PARTITION)
        .orElseThrow(() -> new Unavailable("there is no namespace metadata"));
  }

  private static Void advanceMetadata(Connection connection, long version) throws SQLException {
    int rows = Sql.update(connection, UPDATE_METADATA, version + 1, version, PARTITION);
    if (rows != 1) {
      throw new Unavailable("one metadata row was to be written, not " + rows);
    }
    return null;
  }
}
