package io.dsqlproxy.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Rows that say what happened, appended in the transaction in which it happened. Their keys end in
 * a random id: two transactions that should never both commit can both append, so a lost lock shows
 * instead of being made good by a key.
 */
final class Evidence {

  private Evidence() {}

  /** The owner advanced the resource to the range. */
  static void acquired(Connection connection, String resource, long rangeId, String owner)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO evidence_acquisitions (resource, range_id, evidence_id, owner)"
            + " VALUES (?, ?, ?, ?)",
        resource,
        rangeId,
        UUID.randomUUID(),
        owner);
  }

  /** The new owner of the range read everything of earlier ranges: so many rows. */
  static void tookOver(Connection connection, String resource, long rangeId, long found)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO evidence_takeovers (resource, range_id, evidence_id, found)"
            + " VALUES (?, ?, ?, ?)",
        resource,
        rangeId,
        UUID.randomUUID(),
        found);
  }

  /** Under the range a run was brought to the record version; 0 if a run was not written. */
  static void wrote(
      Connection connection, String resource, long rangeId, UUID runId, long recordVersion)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO evidence_writes (resource, range_id, evidence_id, run_id, record_version)"
            + " VALUES (?, ?, ?, ?, ?)",
        resource,
        rangeId,
        UUID.randomUUID(),
        runId,
        recordVersion);
  }
}
