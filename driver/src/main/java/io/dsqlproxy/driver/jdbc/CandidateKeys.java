package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.rewriter.LockedRows;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The keys of the rows that a query might give, in its order, and how many of them it gives at
 * most. Confined to its thread.
 */
final class CandidateKeys {

  private final ResultSet rows;
  private final LockedRows request;
  private long limit;
  private long offset;
  private boolean knowsBounds;

  /**
   * The keys in a result.
   *
   * @param rows what {@link LockedRows#candidates()} gave
   * @param maxRows how many rows the application takes at most; 0 for all
   */
  CandidateKeys(ResultSet rows, LockedRows request, int maxRows) {
    this.rows = rows;
    this.request = request;
    this.limit = maxRows == 0 ? Long.MAX_VALUE : maxRows;
  }

  /**
   * Goes to the next key.
   *
   * @param found how many rows the query gives of those before
   * @return false if it gives no more
   */
  boolean next(long found) throws SQLException {
    if (knowsBounds && isFull(found) || !rows.next()) {
      return false;
    }
    if (!knowsBounds) {
      readBounds();
      knowsBounds = true;
    }
    return !isFull(found);
  }

  /** The rows that OFFSET leaves out are found, too. */
  private boolean isFull(long found) {
    return found - Math.max(offset, 0) >= limit;
  }

  private void readBounds() throws SQLException {
    for (int i = 0; i < request.bounds().size(); i++) {
      long number = rows.getLong(i + 2);
      if (request.bounds().get(i) == LockedRows.Bound.OFFSET) {
        offset = number;
      } else if (!rows.wasNull()) {
        limit = Math.min(limit, number);
      }
    }
  }

  /** The key; null if it is NULL. */
  Long key() throws SQLException {
    long key = rows.getLong(1);
    return rows.wasNull() ? null : key;
  }
}
