package io.dsqlproxy.driver.locks;

/**
 * The statements about the lock table. A lock's own row has an empty owner and mode and counts the
 * leases that were given; the other rows are leases. Immutable.
 */
final class LockTable {

  static final String EXCLUSIVE = "exclusive";
  static final String SHARED = "shared";

  private static final String OF_KEY = " WHERE key_space = ? AND lock_key = ?";
  private static final String OF_LEASE = OF_KEY + " AND owner = ? AND mode = ? AND fence = ?";

  private final String table;

  /**
   * The statements about this table.
   *
   * @param table as it is written in SQL
   */
  LockTable(String table) {
    this.table = table;
  }

  /** No index beside the primary key, and one statement: a transaction has no room for more. */
  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (key_space text NOT NULL, lock_key text NOT NULL, owner text NOT NULL,"
        + " mode text NOT NULL, fence bigint NOT NULL, expires_at timestamptz,"
        + " PRIMARY KEY (key_space, lock_key, owner, mode))";
  }

  /** The rows of a key. The time is that of the transaction's beginning, which is early enough. */
  String read(boolean locking) {
    return "SELECT owner, mode, fence, expires_at <= now() FROM "
        + table
        + OF_KEY
        + (locking ? " FOR UPDATE" : "");
  }

  String insertLock() {
    return "INSERT INTO "
        + table
        + " (key_space, lock_key, owner, mode, fence) VALUES (?, ?, '', '', ?)";
  }

  String countLease() {
    return "UPDATE " + table + " SET fence = ?" + OF_KEY + " AND owner = '' AND mode = ''";
  }

  String insertLease() {
    return "INSERT INTO "
        + table
        + " (key_space, lock_key, owner, mode, fence, expires_at)"
        + " VALUES (?, ?, ?, ?, ?, now() + ? * interval '1 millisecond')";
  }

  String renewLease() {
    return "UPDATE " + table + " SET expires_at = now() + ? * interval '1 millisecond'" + OF_LEASE;
  }

  String deleteLease() {
    return "DELETE FROM " + table + OF_LEASE;
  }

  /**
   * Locks the lock's own row in the application's transaction, unless another session has a lease
   * that conflicts. Without a row nothing is locked.
   *
   * @param locking false in a transaction that writes nothing, where a lock protects nothing and is
   *     not allowed: only what it sees must be from while the lock was free
   */
  String lockInTransaction(boolean shared, boolean locking) {
    return "SELECT 1 FROM "
        + table
        + " l WHERE l.key_space = ? AND l.lock_key = ? AND l.owner = '' AND l.mode = ''"
        + " AND NOT EXISTS (SELECT 1 FROM "
        + table
        + " o WHERE o.key_space = l.key_space AND o.lock_key = l.lock_key"
        + " AND o.owner <> '' AND o.owner <> ?"
        + (shared ? " AND o.mode = '" + EXCLUSIVE + "'" : "")
        + ")"
        + (!locking ? "" : shared ? " FOR KEY SHARE OF l" : " FOR UPDATE OF l");
  }

  /**
   * Reads a lease so that whoever takes it away conflicts with the application's transaction; its
   * renewal does not.
   *
   * @param locking false in a transaction that writes nothing
   */
  String fence(boolean locking) {
    return "SELECT 1 FROM " + table + OF_LEASE + (locking ? " FOR KEY SHARE" : "");
  }
}
