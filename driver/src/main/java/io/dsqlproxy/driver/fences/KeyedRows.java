package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.LockUnit;
import io.dsqlproxy.driver.journal.Origin;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.driver.journal.StatementSettings;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.SqlNames;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;

/** Statements of the driver's own about rows whose keys are known. Stateless. */
final class KeyedRows {

  private KeyedRows() {}

  /** Locks rows of one table. */
  static LockUnit lock(Preparer preparer, List<RowId> ids, TableKey key) {
    StringBuilder sql = new StringBuilder("SELECT 1 FROM ");
    sql.append(SqlNames.table(ids.get(0).table())).append(" WHERE ");
    Parameters parameters = new Parameters();
    int index = 1;
    for (RowId id : ids) {
      sql.append(index == 1 ? "(" : " OR (").append(condition(key)).append(')');
      for (String column : key.types().keySet()) {
        int parameter = index++;
        String value = id.key().get(column);
        parameters.put(parameter, statement -> statement.setObject(parameter, value, Types.OTHER));
      }
    }
    sql.append(" FOR UPDATE");
    PlannedForm.Send form = new PlannedForm.Send(sql.toString(), List.of());
    return new LockUnit(
        new Invocation<>(
            new OwnStatement(preparer), form, null, parameters, StatementSettings.DEFAULT),
        form);
  }

  private static String condition(TableKey key) {
    StringBuilder condition = new StringBuilder();
    for (String column : key.types().keySet()) {
      condition
          .append(condition.isEmpty() ? "" : " AND ")
          .append(SqlNames.column(column))
          .append(" = ?");
    }
    return condition.toString();
  }

  /**
   * Whether a row exists and has a version.
   *
   * @param version null for NULL
   */
  static boolean exists(
      Preparer preparer, RowId id, TableKey key, String versionColumn, String version)
      throws SQLException {
    String sql =
        "SELECT 1 FROM "
            + SqlNames.table(id.table())
            + " WHERE "
            + condition(key)
            + " AND "
            + SqlNames.column(versionColumn)
            + (version == null ? " IS NULL" : " = ?");
    try (PreparedStatement query = preparer.prepare(sql)) {
      int index = 1;
      for (String column : key.types().keySet()) {
        query.setObject(index++, id.key().get(column), Types.OTHER);
      }
      if (version != null) {
        query.setObject(index, version, Types.OTHER);
      }
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** A statement that the application does not have. Immutable. */
  private record OwnStatement(Preparer preparer) implements Origin {

    @Override
    public String obstacle() {
      return null;
    }

    @Override
    public Statement another(PlannedForm.Send form, String text) throws SQLException {
      return preparer.prepare(text);
    }

    @Override
    public long bytesKept(String text) {
      return 2L * text.length();
    }

    @Override
    public void released() {}

    @Override
    public boolean reportsOn(StatementUnit<?> unit) {
      return false;
    }

    @Override
    public void reportFrom(Statement other) throws SQLException {
      other.close();
    }
  }
}
