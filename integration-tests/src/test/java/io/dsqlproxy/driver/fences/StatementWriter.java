package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.fences.ScenarioTable.Column;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** Writes the parts of random statements. For use by one thread. */
final class StatementWriter {

  private final Random random;

  StatementWriter(Random random) {
    this.random = random;
  }

  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  // -------------------- names

  /** What follows the table's name; mostly nothing. */
  String alias() {
    return one(3) ? any(List.of(" t", " AS t", " AS \"T a\"")) : "";
  }

  String prefix(String alias) {
    if (alias.isEmpty() || one(2)) {
      return "";
    }
    return alias.contains("\"") ? "\"T a\"." : "t.";
  }

  String lock(String alias) {
    String lock =
        any(
            List.of(
                " FOR SHARE",
                " FOR SHARE",
                " FOR UPDATE",
                " FOR UPDATE",
                " FOR NO KEY UPDATE",
                " FOR KEY SHARE",
                " LOCK IN SHARE MODE",
                ""));
    boolean takesTable = lock.startsWith(" FOR") && !alias.isEmpty();
    if (takesTable && one(3)) {
      lock += alias.contains("\"") ? " OF \"T a\"" : " OF t";
    }
    return lock.startsWith(" FOR") && one(8) ? lock + " NOWAIT" : lock;
  }

  String keyColumns(ScenarioTable table) {
    return table.key().stream().map(Column::name).collect(Collectors.joining(", "));
  }

  /** All columns, in the order of the table. */
  String everything(ScenarioTable table) {
    return keyColumns(table) + ", " + table.version().name() + ", data";
  }

  String order(ScenarioTable table, String prefix) {
    return table.key().stream()
        .map(column -> prefix + column.name())
        .collect(Collectors.joining(", "));
  }

  // -------------------- the select list

  /** What a query selects. */
  String list(ScenarioTable table, String prefix, boolean ofOneRow) {
    List<String> keys = new ArrayList<>();
    table.key().forEach(column -> keys.add(prefix + column.name()));
    String version = prefix + table.version().name();
    String data = prefix + "data";
    List<String> columns = new ArrayList<>();
    switch (random.nextInt(ofOneRow || one(20) ? 14 : 12)) {
      case 0, 1, 2 -> {
        return prefix + "*";
      }
      case 12 -> columns.add(version);
      case 13 -> columns.addAll(List.of(version, data));
      case 3 -> {
        columns.addAll(keys);
        columns.add(data);
      }
      case 6 -> {
        columns.addAll(keys);
        columns.add(data + " AS " + table.version().name());
        columns.add(version + " AS data");
      }
      case 7 -> {
        columns.addAll(keys);
        columns.add(version + " " + any(List.of("IS NULL", "NOTNULL", "ISNULL", "IS NOT NULL")));
      }
      case 8 -> {
        columns.addAll(keys);
        columns.add(version);
        columns.add("CASE WHEN " + version + " IS NULL THEN 1 ELSE 2 END AS \"from\"");
      }
      case 9 -> {
        columns.addAll(keys);
        columns.add("upper(" + data + ")");
        columns.add(version);
      }
      case 10 -> {
        columns.addAll(keys);
        columns.add(version + any(List.of("::text", "::text AS " + table.version().name())));
      }
      case 4 -> {
        for (String key : keys) {
          columns.add(key + any(List.of("", " AS key", " k")));
        }
        columns.add(version + any(List.of("", " AS v", " \"v\"")));
      }
      default -> {
        columns.addAll(keys);
        columns.add(version);
        Collections.shuffle(columns, random);
      }
    }
    return String.join(", ", columns);
  }

  // -------------------- conditions

  /** A WHERE clause for any rows, or none. */
  void where(StatementText text, ScenarioTable table, String prefix, IntSupplier rows) {
    if (one(2)) {
      whereKey(text, table, prefix, rows);
    } else {
      whereOther(text, table, prefix, rows);
    }
  }

  /** A WHERE clause for at most one row. */
  void whereKey(StatementText text, ScenarioTable table, String prefix, IntSupplier rows) {
    int row = rows.getAsInt();
    text.add(" WHERE ");
    if (one(8)) {
      ownCondition(text, table, prefix, row);
      key(text.add(" AND "), table, prefix, row);
    } else {
      key(text, table, prefix, row);
      if (one(3)) {
        ownCondition(text.add(" AND "), table, prefix, row);
      }
    }
  }

  private void whereOther(
      StatementText text, ScenarioTable table, String prefix, IntSupplier rows) {
    Column first = table.key().get(0);
    int row = rows.getAsInt();
    switch (random.nextInt(8)) {
      case 0 -> {
        return;
      }
      case 1 -> {
        text.add(" WHERE ").add(prefix + first.name()).add(" IN (").add(table.keyValue(0, row));
        text.add(", ").add(table.keyValue(0, rows.getAsInt())).add(")");
      }
      case 2 ->
          text.add(" WHERE ").add(prefix + first.name()).add(" >= ").add(table.keyValue(0, row));
      case 3 -> {
        text.add(" WHERE ").add(prefix + first.name()).add(" BETWEEN ").add(table.keyValue(0, row));
        text.add(" AND ").add(table.keyValue(0, row)).add(" AND data <> 'none'");
      }
      case 4 ->
          text.add(" WHERE ").add(prefix + first.name()).add(" = ").add(table.keyValue(0, row));
      case 5 -> {
        key(text.add(" WHERE "), table, prefix, row);
        key(text.add(" OR "), table, prefix, rows.getAsInt());
      }
      case 6 -> {
        key(text.add(" WHERE NOT ("), table, prefix, row);
        text.add(")");
      }
      default -> ownCondition(text.add(" WHERE "), table, prefix, row);
    }
  }

  /** About what is not the key; for the versions that rows have in the beginning it may hold. */
  private void ownCondition(StatementText text, ScenarioTable table, String prefix, int row) {
    String version = prefix + table.version().name();
    SqlValue mostly = table.version().value(one(4) ? 3 : 5);
    switch (random.nextInt(7)) {
      case 0, 1, 2 -> text.add(version).add(" = ").add(mostly);
      case 3 -> text.add(version).add(" IS NULL");
      case 4 ->
          text.add("(")
              .add(prefix + "data")
              .add(" = 'd" + row + "' OR ")
              .add(version)
              .add(" = ")
              .add(mostly)
              .add(")");
      case 5 -> text.add(prefix + "data").add(" = ").add(SqlValue.Type.TEXT.value(6));
      default ->
          text.add(prefix + "data").add(" IS DISTINCT FROM ").add(SqlValue.Type.TEXT.value(1));
    }
  }

  /** The whole key. */
  void key(StatementText text, ScenarioTable table, String prefix, int row) {
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      columns.add(i);
    }
    Collections.shuffle(columns, random);
    String separator = "";
    for (int i : columns) {
      text.add(separator);
      separator = " AND ";
      String name = prefix + table.key().get(i).name();
      SqlValue value = table.keyValue(i, row);
      switch (random.nextInt(6)) {
        case 0 -> text.add(value).add(" = ").add(name);
        case 1 -> text.add("(").add(name).add("=").add(value).add(")");
        default -> text.add(name).add(" = ").add(value);
      }
    }
  }
}
