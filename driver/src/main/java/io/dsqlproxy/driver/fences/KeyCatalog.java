package io.dsqlproxy.driver.fences;

import io.dsqlproxy.rewriter.SqlNames;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The primary keys of tables as one connection sees them: asked once, until the schema or the
 * search path may have changed. Another session may give a table another key without a sign, so
 * before one decides what a statement does it is asked once more in the transaction. Not safe for
 * use by several threads at once.
 */
final class KeyCatalog {

  private static final String QUERY =
      "SELECT a.attname, t.typname, i.indrelid IS NOT NULL FROM pg_catalog.pg_attribute a"
          + " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
          + " LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
          + " AND a.attnum = ANY (i.indkey)"
          + " WHERE a.attrelid = pg_catalog.to_regclass(?) AND NOT a.attisdropped";

  private final Preparer preparer;
  private final Map<QualifiedName, TableKey> keys = new HashMap<>();

  /** Tables whose keys were asked in the open transaction, whose snapshot stays the same. */
  private final Set<QualifiedName> certain = new HashSet<>();

  /** Read by whoever has not the transaction's turn. */
  private volatile boolean empty = true;

  KeyCatalog(Preparer preparer) {
    this.preparer = preparer;
  }

  /** The key of a table, asked in the open transaction if it is not known. */
  TableKey of(QualifiedName table) throws SQLException {
    TableKey known = keys.get(table);
    if (known == null) {
      known = ask(table);
      certain.add(table);
      keys.put(table, known);
      empty = false;
    }
    return known;
  }

  /**
   * Whether a table has another key, or other columns, than was thought up to now. From then on the
   * present ones are known.
   */
  boolean hasChanged(QualifiedName table) throws SQLException {
    if (!certain.add(table)) {
      return false;
    }
    TableKey now = ask(table);
    TableKey before = keys.put(table, now);
    empty = false;
    return before != null && !before.equals(now);
  }

  /** Another session may change the keys from now on. */
  void transactionOver() {
    certain.clear();
  }

  private TableKey ask(QualifiedName table) throws SQLException {
    Map<String, String> all = new HashMap<>();
    Map<String, String> types = new HashMap<>();
    try (PreparedStatement query = preparer.prepare(QUERY)) {
      query.setString(1, SqlNames.table(table));
      try (ResultSet columns = query.executeQuery()) {
        while (columns.next()) {
          all.put(columns.getString(1), columns.getString(2));
          if (columns.getBoolean(3)) {
            types.put(columns.getString(1), columns.getString(2));
          }
        }
      }
    }
    return new TableKey(all, types);
  }

  /** Tables may have other keys now, or names mean other tables. */
  void forget() {
    keys.clear();
    certain.clear();
    empty = true;
  }

  /** Whether there is nothing to forget. Safe for use by several threads. */
  boolean isEmpty() {
    return empty;
  }
}
