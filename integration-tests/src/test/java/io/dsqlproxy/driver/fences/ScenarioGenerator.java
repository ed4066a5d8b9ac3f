package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.fences.ScenarioStep.Kind;
import io.dsqlproxy.driver.fences.ScenarioStep.Reading;
import io.dsqlproxy.driver.fences.ScenarioTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up scenarios, each from its seed alone. For use by one thread. */
final class ScenarioGenerator {

  /** Rows of this number are not there in the beginning, but keys of it can be. */
  private static final int SPARE = ScenarioTable.ROWS + 1;

  private final Random random;
  private final StatementWriter writer;

  /** The tables that this scenario is about; few, so that its statements meet. */
  private final List<ScenarioTable> tables = new ArrayList<>();

  /** A row that many of the statements are about. */
  private final int often;

  /** Whether it is about the versions of two rows alone, so that these are nearly always known. */
  private final boolean simple;

  private int nextVersion = 10;
  private boolean open;

  private ScenarioGenerator(long seed) {
    random = new Random(seed * 7_919 + 17);
    random.nextInt();
    writer = new StatementWriter(random);
    often = 1 + random.nextInt(ScenarioTable.ROWS);
    List<ScenarioTable> all = new ArrayList<>(List.of(ScenarioTable.values()));
    // The simulator mistakes two tables of one name for one another in a transaction.
    all.remove(random.nextBoolean() ? ScenarioTable.NUMBERS : ScenarioTable.ELSEWHERE);
    tables.add(any(all));
    simple = one(2);
    if (!simple && one(2)) {
      tables.add(any(all));
    }
  }

  static Scenario scenario(long seed) {
    return new ScenarioGenerator(seed).scenario();
  }

  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private ScenarioTable table() {
    return any(tables);
  }

  private int row() {
    if (simple) {
      return one(3) ? 1 + often % ScenarioTable.ROWS : often;
    }
    return one(3) ? often : 1 + random.nextInt(one(10) ? SPARE : ScenarioTable.ROWS);
  }

  private SqlValue newVersion(ScenarioTable table) {
    return table.version().value(nextVersion++);
  }

  private Scenario scenario() {
    boolean savepoints = one(4);
    int number = 2 + random.nextInt(7);
    List<ScenarioStep> steps = new ArrayList<>();
    int savepoint = savepoints ? random.nextInt(number) : -1;
    int back = savepoints ? savepoint + random.nextInt(number - savepoint) : -1;
    for (int i = 0; i < number; i++) {
      if (i == savepoint) {
        steps.add(ScenarioStep.of(Kind.SAVEPOINT, "here"));
      }
      steps.add(i == 0 || one(simple ? 4 : 2) ? query(!savepoints, i == 0) : other());
      if (i == back) {
        steps.add(ScenarioStep.of(Kind.ROLLBACK_TO, "here"));
      }
    }
    return new Scenario(steps, interference(), 1 + random.nextInt(steps.size()));
  }

  private ScenarioStep other() {
    if (simple) {
      return open && one(3) ? ScenarioStep.of(Kind.READ_ON, "") : simpleWrite();
    }
    return switch (random.nextInt(open ? 18 : 13)) {
      case 0, 1, 2, 3, 4 -> update();
      case 5 -> delete();
      case 6 -> insert();
      case 7 -> moveKey();
      case 8 -> batch();
      case 9, 10 -> side();
      case 11 -> tables.contains(ScenarioTable.ELSEWHERE) ? side() : unusual();
      case 12 -> one(3) ? setting() : update();
      default -> ScenarioStep.of(Kind.READ_ON, "");
    };
  }

  // -------------------- queries

  private ScenarioStep query(boolean mayStayOpen, boolean first) {
    if (simple) {
      return simpleQuery(mayStayOpen, first);
    }
    if (one(12) && !tables.contains(ScenarioTable.ELSEWHERE)) {
      return complicatedQuery();
    }
    ScenarioTable table = table();
    boolean prepared = random.nextBoolean();
    Reading reading = one(2) ? Reading.ALL : any(List.of(Reading.values()));
    if (reading == Reading.FIRST_AND_STAY_OPEN && !mayStayOpen) {
      reading = Reading.FIRST_THEN_CLOSE;
    }
    open |= reading == Reading.FIRST_AND_STAY_OPEN;
    StatementText text = new StatementText(random, prepared);
    boolean updatable = reading == Reading.UPDATABLE;
    if (updatable) {
      // pgJDBC reads the table's name from the text, and not every one.
      table = ScenarioTable.PAIRS;
    }
    String alias = updatable ? "" : writer.alias();
    String prefix = writer.prefix(alias);
    boolean one = one(2);
    text.add("SELECT ").add(updatable ? writer.everything(table) : writer.list(table, prefix, one));
    text.add(" FROM ").add(!updatable && one(12) ? "ONLY " : "");
    text.add(updatable ? table.sqlName() : any(table.names())).add(alias);
    if (one) {
      writer.whereKey(text, table, prefix, this::row);
    } else {
      writer.where(text, table, prefix, this::row);
    }
    boolean limited = !updatable && one(20);
    if (!one || limited || one(4)) {
      // Run again, rows without an order may come in another one.
      text.add(" ORDER BY ").add(writer.order(table, prefix));
    }
    text.add(limited ? " LIMIT 2" : "").add(writer.lock(alias));
    return text.step(Kind.QUERY, 1, reading);
  }

  /** That gives the versions of its rows. */
  private ScenarioStep simpleQuery(boolean mayStayOpen, boolean first) {
    ScenarioTable table = table();
    boolean all = first && one(2);
    boolean staysOpen = !all && mayStayOpen && one(2);
    open |= staysOpen;
    StatementText text = new StatementText(random, random.nextBoolean());
    text.add("SELECT ").add(one(2) ? "*" : writer.everything(table));
    text.add(" FROM ").add(table.sqlName());
    if (!all && !staysOpen && one(2)) {
      writer.key(text.add(" WHERE "), table, "", row());
    }
    text.add(" ORDER BY ").add(writer.order(table, ""));
    text.add(all ? " FOR UPDATE" : writer.lock(""));
    return text.step(Kind.QUERY, 1, staysOpen ? Reading.FIRST_AND_STAY_OPEN : Reading.ALL);
  }

  /** Of which a conditional lock knows nothing. */
  private ScenarioStep complicatedQuery() {
    int row = row();
    String sql =
        switch (random.nextInt(5)) {
          case 0 ->
              "SELECT n.id, n.ver, s.n FROM numbers n JOIN side s ON s.id = n.id ORDER BY 1 FOR SHARE";
          case 1 ->
              "WITH x AS (SELECT * FROM numbers WHERE id = "
                  + row
                  + " FOR SHARE) SELECT id, ver FROM x";
          case 2 ->
              "SELECT id, ver FROM numbers WHERE id IN (SELECT n FROM side WHERE id < 3)"
                  + " ORDER BY id FOR UPDATE";
          case 3 -> "SELECT id, ver FROM view_of_numbers WHERE id = " + row + " FOR SHARE";
          default ->
              "SELECT * FROM (SELECT id, ver FROM numbers WHERE id >= "
                  + row
                  + " FOR UPDATE) x ORDER BY 1";
        };
    return ScenarioStep.of(Kind.QUERY, sql);
  }

  // -------------------- writes

  private Reading execution() {
    return one(3) ? Reading.ALL_OF_EXECUTE : Reading.ALL;
  }

  private ScenarioStep update() {
    ScenarioTable table = table();
    StatementText text = new StatementText(random, random.nextBoolean());
    String alias = writer.alias();
    text.add("UPDATE ").add(one(15) ? "ONLY " : "").add(any(table.names())).add(alias);
    text.add(" SET ");
    assign(text, table);
    writer.where(text, table, writer.prefix(alias), this::row);
    return returning(text, table);
  }

  private void assign(StatementText text, ScenarioTable table) {
    Column version = table.version();
    SqlValue data = SqlValue.Type.TEXT.value(1 + random.nextInt(9));
    switch (random.nextInt(8)) {
      case 0 -> text.add("data = ").add(data);
      case 1 -> {
        String increment = version.name() + " + 1";
        text.add(version.name()).add(" = ");
        if (version.type().isNumber()) {
          text.add(increment);
        } else {
          text.add(newVersion(table));
        }
      }
      case 2 -> text.add("data = ").add(data).add(", ").add(version.name()).add(" = NULL");
      case 3 ->
          text.add("(data, ")
              .add(version.name())
              .add(") = (")
              .add(data)
              .add(", ")
              .add(newVersion(table))
              .add(")");
      case 4 -> text.add(version.name()).add(" = DEFAULT, data = ").add(data);
      case 5 ->
          text.add("data = ")
              .add(data)
              .add(", ")
              .add(version.name())
              .add("=")
              .add(newVersion(table));
      default -> text.add(version.name()).add(" = ").add(newVersion(table));
    }
  }

  private ScenarioStep returning(StatementText text, ScenarioTable table) {
    if (one(5)) {
      text.add(" RETURNING ").add(one(2) ? "*" : writer.everything(table));
    } else if (one(20)) {
      text.add(" -- the end");
    }
    return text.step(Kind.UPDATE, 1, execution());
  }

  private ScenarioStep simpleWrite() {
    if (one(4)) {
      return one(3) ? side() : batch();
    }
    ScenarioTable table = table();
    StatementText text = new StatementText(random, random.nextBoolean());
    if (one(6)) {
      text.add("DELETE FROM ").add(table.sqlName());
    } else {
      text.add("UPDATE ").add(table.sqlName()).add(" SET ");
      assign(text, table);
    }
    writer.key(text.add(" WHERE "), table, "", row());
    return text.step(Kind.UPDATE, 1, execution());
  }

  private ScenarioStep delete() {
    ScenarioTable table = table();
    StatementText text = new StatementText(random, random.nextBoolean());
    String alias = writer.alias();
    text.add("DELETE FROM ").add(any(table.names())).add(alias);
    writer.where(text, table, writer.prefix(alias), this::row);
    return returning(text, table);
  }

  private ScenarioStep insert() {
    ScenarioTable table = table();
    StatementText text = new StatementText(random, random.nextBoolean());
    int row = one(3) ? row() : SPARE + random.nextInt(2);
    text.add("INSERT INTO ").add(any(table.names())).add(" (").add(writer.everything(table));
    text.add(") VALUES (");
    for (int i = 0; i < table.key().size(); i++) {
      text.add(table.keyValue(i, row)).add(", ");
    }
    text.add(newVersion(table)).add(", 'new')");
    if (!one(3)) {
      text.add(" ON CONFLICT (").add(writer.keyColumns(table)).add(") DO ");
      text.add(
          one(3)
              ? "NOTHING"
              : "UPDATE SET data = EXCLUDED.data, "
                  + (table.version().name() + " = EXCLUDED." + table.version().name()));
    }
    return returning(text, table);
  }

  /** The row gets the key of another one, which may be taken. */
  private ScenarioStep moveKey() {
    ScenarioTable table = table();
    StatementText text = new StatementText(random, random.nextBoolean());
    int from = row();
    int to = one(4) ? row() : SPARE + random.nextInt(2);
    text.add("UPDATE ").add(any(table.names())).add(" SET ");
    for (int i = 0; i < table.key().size(); i++) {
      text.add(table.key().get(i).name()).add(" = ").add(table.keyValue(i, to)).add(", ");
    }
    text.add(table.version().name()).add(" = ").add(newVersion(table)).add(" WHERE ");
    writer.key(text, table, "", from);
    return returning(text, table);
  }

  private ScenarioStep batch() {
    ScenarioTable table = table();
    int entries = one(4) ? 1 : 2 + random.nextInt(3);
    if (one(5)) {
      List<String> statements = new ArrayList<>();
      for (int i = 0; i < entries; i++) {
        statements.add(write(table, row()));
      }
      String all = String.join(ScenarioRun.BETWEEN_ENTRIES, statements);
      return new ScenarioStep(Kind.BATCH, all, false, List.of(), entries, Reading.ALL);
    }
    int shape = random.nextInt(5);
    String name = simple ? table.sqlName() : any(table.names());
    List<SqlValue> parameters = new ArrayList<>();
    ScenarioStep entry = null;
    for (int i = 0; i < entries; i++) {
      entry = entry(table, name, shape);
      parameters.addAll(entry.parameters());
    }
    return new ScenarioStep(Kind.BATCH, entry.sql(), true, parameters, entries, Reading.ALL);
  }

  private ScenarioStep entry(ScenarioTable table, String name, int shape) {
    StatementText text = new StatementText(random, true);
    SqlValue data = SqlValue.Type.TEXT.value(1 + random.nextInt(3));
    String version = table.version().name();
    switch (shape) {
      case 0 -> text.add("DELETE FROM ").add(name);
      case 1 -> text.add("UPDATE ").add(name).add(" SET data = ").parameter(data);
      case 2 -> text.add("UPDATE ").add(name).add(" SET " + version + " = NULL");
      default -> {
        text.add("UPDATE ").add(name).add(" SET " + version + " = ").parameter(newVersion(table));
        text.add(", data = ").parameter(data);
      }
    }
    text.add(" WHERE ");
    int row = row();
    for (int i = 0; i < table.key().size(); i++) {
      text.add(table.key().get(i).name()).add(" = ").parameter(table.keyValue(i, row));
      text.add(i + 1 < table.key().size() ? " AND " : "");
    }
    if (shape == 4) {
      String theirs = "d" + (one(2) ? row : 1);
      text.add(" AND data = ").parameter(new SqlValue(theirs, "?", "'" + theirs + "'"));
    }
    return text.step(Kind.UPDATE, 1, Reading.ALL);
  }

  /** With literals. */
  private String write(ScenarioTable table, int row) {
    return one(4)
        ? "DELETE FROM " + table.sqlName() + " WHERE " + table.rowCondition(row)
        : "UPDATE "
            + table.sqlName()
            + " SET "
            + table.version().name()
            + " = "
            + newVersion(table).literal()
            + " WHERE "
            + table.rowCondition(row);
  }

  /** About the table that nobody locks. */
  private ScenarioStep side() {
    String sql =
        switch (random.nextInt(4)) {
          case 0 -> "UPDATE side SET n = n + 1 WHERE id = 1";
          case 1 -> "UPDATE side SET n = 3";
          case 2 -> "DELETE FROM side WHERE id = 2";
          default -> "INSERT INTO side VALUES (7, 7)";
        };
    return ScenarioStep.of(Kind.UPDATE, sql);
  }

  /** Whose rows cannot be told, or not from the text alone. */
  private ScenarioStep unusual() {
    int version = nextVersion++;
    int row = row();
    String sql =
        switch (random.nextInt(6)) {
          case 0 ->
              "UPDATE numbers SET ver = "
                  + version
                  + " FROM side WHERE side.id = numbers.id AND numbers.id = "
                  + row;
          case 1 ->
              "WITH x AS (UPDATE numbers SET ver = "
                  + version
                  + " WHERE id = "
                  + row
                  + " RETURNING *) SELECT * FROM x";
          case 2 -> "UPDATE view_of_numbers SET ver = " + version + " WHERE id = " + row;
          case 3 -> "DELETE FROM view_of_numbers WHERE id = " + row;
          case 4 -> "DELETE FROM numbers USING side WHERE side.id = numbers.id AND side.n = 1";
          default ->
              "UPDATE numbers SET ver = (SELECT max(ver) + 1 FROM numbers) WHERE id = " + row;
        };
    return ScenarioStep.of(Kind.UPDATE, sql);
  }

  private ScenarioStep setting() {
    return ScenarioStep.of(
        Kind.SETTING,
        any(
            List.of(
                "SET search_path = other, public",
                "SET LOCAL search_path = other, public",
                "SET TIME ZONE 'UTC'")));
  }

  // -------------------- the other transaction

  /** Whatever row it changes, its version is another one afterwards, and never an earlier one. */
  private String interference() {
    if (one(simple ? 3 : 15)) {
      return "UPDATE side SET n = 9 WHERE id = 1";
    }
    ScenarioTable table = table();
    int row = row();
    String version = newVersion(table).literal();
    return switch (random.nextInt(8)) {
      case 0 -> "DELETE FROM " + table.sqlName() + " WHERE " + table.rowCondition(row);
      case 1 ->
          "INSERT INTO "
              + table.sqlName()
              + " VALUES "
              + table.rowLiteral(SPARE, version, "theirs")
              + " ON CONFLICT DO NOTHING";
      case 2 -> "UPDATE " + table.sqlName() + " SET " + table.version().name() + " = " + version;
      default ->
          "UPDATE "
              + table.sqlName()
              + " SET data = 'theirs', "
              + table.version().name()
              + " = "
              + version
              + " WHERE "
              + table.rowCondition(row);
    };
  }
}
