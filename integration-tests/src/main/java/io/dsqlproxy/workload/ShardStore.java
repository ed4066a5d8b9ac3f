package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.ShardOwnershipLost;
import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;

/** Who owns which shard: a range id that each new owner advances. Safe for use by many threads. */
public final class ShardStore {

  private static final String SELECT = "SELECT range_id FROM shards WHERE shard_id = ?";
  private static final String LOCK = "SELECT range_id FROM shards WHERE shard_id = ? FOR UPDATE";
  private static final String INSERT =
      "INSERT INTO shards (shard_id, range_id, data, data_encoding) VALUES (?, ?, ?, ?)";
  private static final String UPDATE =
      "UPDATE shards SET range_id = ?, data = ?, data_encoding = ? WHERE shard_id = ?";

  private final Transactions transactions;
  private final Dialect dialect;

  /** Locks in the dialect's words. */
  public ShardStore(Transactions transactions, Dialect dialect) {
    this.transactions = transactions;
    this.dialect = dialect;
  }

  static String resource(int shardId) {
    return "shard/" + shardId;
  }

  /** The shard's range; a shard that is not there yet starts at range 0, which nobody owns. */
  public long getOrCreate(int shardId) {
    return transactions.inAutocommit(
        "GetOrCreateShard",
        connection -> {
          var range = Sql.number(connection, SELECT, shardId);
          if (range.isPresent()) {
            return range.get();
          }
          try {
            Sql.update(connection, INSERT, shardId, 0L, Payload.EMPTY, Payload.ENCODING);
            return 0L;
          } catch (SQLException e) {
            if (!SqlStates.isLostRace(e.getSQLState())) {
              throw e;
            }
            return Sql.number(connection, SELECT, shardId).orElseThrow(() -> e);
          }
        });
  }

  /** Makes the owner the owner of the next range. */
  public long acquire(int shardId, long previousRange, String owner) {
    long next = previousRange + 1;
    update(shardId, previousRange, next, owner);
    return next;
  }

  /** Stores the shard's data again under the range that the owner holds. */
  public void heartbeat(int shardId, long range, String owner) {
    update(shardId, range, range, owner);
  }

  private void update(int shardId, long previous, long next, String owner) {
    transactions.inTransaction(
        "UpdateShard",
        connection -> {
          checkOwned(shardId, previous, Sql.number(connection, LOCK, shardId).orElse(null));
          int rows =
              Sql.update(connection, UPDATE, next, Payload.of(owner), Payload.ENCODING, shardId);
          if (rows != 1) {
            throw new Unavailable("UpdateShard changed " + rows + " rows");
          }
          if (next != previous) {
            Evidence.acquired(connection, resource(shardId), next, owner);
          }
          return null;
        });
  }

  /**
   * What the new owner of a range does first: it looks at everything that earlier owners wrote.
   * From now on nothing may appear there. Returns how many writes it found.
   */
  public long takeOver(int shardId, long range) {
    return transactions.inAutocommit(
        "TakeOverShard",
        connection -> {
          long found =
              Sql.number(
                      connection,
                      "SELECT count(*) FROM evidence_writes WHERE resource = ? AND range_id < ?",
                      resource(shardId),
                      range)
                  .orElseThrow();
          Evidence.tookOver(connection, resource(shardId), range, found);
          return found;
        });
  }

  /** The fence in front of every workflow write: the shard stays at this range until COMMIT. */
  void requireOwned(Connection connection, int shardId, long range) throws SQLException {
    checkOwned(
        shardId, range, Sql.number(connection, dialect.readLockShard(), shardId).orElse(null));
  }

  private static void checkOwned(int shardId, long expected, Long actual) {
    if (actual == null) {
      throw new Unavailable("shard " + shardId + " does not exist");
    }
    if (actual != expected) {
      throw new ShardOwnershipLost(shardId, expected, actual);
    }
  }
}
