package io.dsqlproxy.driver.fences;

import io.dsqlproxy.rewriter.SqlNames;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The primary keys of tables as one connection sees them: asked once, until the schema or the
 * search path may have changed. Not safe for use by several threads at once.
 */
final class KeyCatalog {

  private static final String QUERY =
      "SELECT a.attname, t.typname FROM pg_catalog.pg_index i"
          + " JOIN pg_catalog.pg_attribute a"
          + " ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
          + " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
          + " WHERE i.indrelid = pg_catalog.to_regclass(?) AND i.indisprimary";

  private final Preparer preparer;
  private final Map<QualifiedName, TableKey> keys = new HashMap<>();

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
      keys.put(table, known);
      empty = false;
    }
    return known;
  }

  private TableKey ask(QualifiedName table) throws SQLException {
    Map<String, String> types = new HashMap<>();
    try (PreparedStatement query = preparer.prepare(QUERY)) {
      query.setString(1, SqlNames.table(table));
      try (ResultSet columns = query.executeQuery()) {
        while (columns.next()) {
          types.put(columns.getString(1), columns.getString(2));
        }
      }
    }
    return new TableKey(types);
  }

  /** Tables may have other keys now, or names mean other tables. */
  void forget() {
    keys.clear();
    empty = true;
  }

  /** Whether there is nothing to forget. Safe for use by several threads. */
  boolean isEmpty() {
    return empty;
  }
}
