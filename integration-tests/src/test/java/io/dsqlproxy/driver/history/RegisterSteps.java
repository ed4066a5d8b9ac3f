package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Actor.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Steps on rows that are always there, and on those that are only inserted. Stateless. */
final class RegisterSteps {

  private static final String APPEND = "UPDATE register SET trail = trail || ',' || ? WHERE id = ?";

  private RegisterSteps() {}

  static Key register(int id) {
    return Key.of("register", id);
  }

  /** A row that is only inserted, by what was inserted. */
  static Key entry(String token) {
    return new Key("entry", token);
  }

  /** The same row by its primary key. */
  static Key entryId(String id) {
    return new Key("entry id", id);
  }

  private static String oneOf(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", ", " IN (", ")"));
  }

  /** Reads one row. */
  record Read(int id, Lock lock, int fetchSize, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      read(actor);
    }

    private Trail read(Actor actor) throws SQLException {
      Trail[] seen = new Trail[1];
      actor.query(
          new Sql(prepared, "SELECT trail FROM register WHERE id = ?" + lock.clause(), id),
          fetchSize,
          rows -> {
            Actor.expect(1, rows.next() ? 1 : 0, this);
            seen[0] = Trail.parse(rows.getString(1));
          });
      actor.recording().read(register(id), seen[0], lock);
      return seen[0];
    }
  }

  /**
   * Reads rows with a cursor, and does something else after each of them.
   *
   * @param last where to stop, although there may be further rows
   */
  record Scan(int from, int last, Lock lock, int fetchSize, List<? extends Step> between)
      implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      actor.query(
          new Sql(
              true,
              "SELECT id, trail FROM register WHERE id >= ? ORDER BY id" + lock.clause(),
              from),
          fetchSize,
          rows -> readAll(actor, rows));
    }

    private void readAll(Actor actor, ResultSet rows) throws SQLException {
      for (int id = from; id <= last; id++) {
        Actor.expect(1, rows.next() ? 1 : 0, this);
        Actor.expect(id, rows.getInt(1), this);
        actor.recording().read(register(id), Trail.parse(rows.getString(2)), lock);
        if (id - from < between.size()) {
          between.get(id - from).perform(actor);
        }
      }
    }
  }

  /** Writes rows without reading them. */
  record Append(List<Integer> ids, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Token token = actor.recording().nextToken(false);
      ids.forEach(id -> actor.recording().write(register(id), token));
      int count =
          actor.update(
              new Sql(
                  prepared,
                  "UPDATE register SET trail = trail || ',' || ? WHERE id" + oneOf(ids),
                  token.toString()));
      Actor.expect(ids.size(), count, this);
    }
  }

  /**
   * Writes a row, and is told what has become of it.
   *
   * @param asKeys as generated keys, and not as the rows of a query
   */
  record AppendReturning(int id, boolean asKeys, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Token token = actor.recording().nextToken(false);
      actor.recording().write(register(id), token);
      Actor.Reader reader =
          rows -> {
            Actor.expect(1, rows.next() ? 1 : 0, this);
            Trail seen = Trail.parse(rows.getString("trail"));
            actor.recording().read(register(id), seen, Lock.NONE);
          };
      if (asKeys) {
        actor.updateReturning(new Sql(true, APPEND, token.toString(), id), reader, "id", "trail");
      } else {
        String text = APPEND + " RETURNING trail";
        actor.query(new Sql(prepared, text, token.toString(), id), 0, reader);
      }
    }
  }

  /** Writes rows in a batch. */
  record AppendBatch(List<Integer> ids, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      int[] counts = prepared ? runPrepared(actor) : runPlain(actor);
      Actor.expect(ids.size(), counts.length, this);
      for (int count : counts) {
        Actor.expect(1, count, this);
      }
    }

    private int[] runPrepared(Actor actor) throws SQLException {
      try (PreparedStatement statement = actor.connection().prepareStatement(APPEND)) {
        for (int id : ids) {
          statement.setString(1, write(actor, id));
          statement.setInt(2, id);
          statement.addBatch();
        }
        return statement.executeBatch();
      }
    }

    private int[] runPlain(Actor actor) throws SQLException {
      try (Statement statement = actor.connection().createStatement()) {
        for (int id : ids) {
          statement.addBatch(
              "UPDATE register SET trail = trail || '," + write(actor, id) + "' WHERE id = " + id);
        }
        return statement.executeBatch();
      }
    }

    private static String write(Actor actor, int id) {
      Token token = actor.recording().nextToken(false);
      actor.recording().write(register(id), token);
      return token.toString();
    }
  }

  /** Reads a row, and writes what follows from what was read. */
  record Rewrite(Read read, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Trail seen = read.read(actor);
      Token token = actor.recording().nextToken(false);
      actor.recording().write(register(read.id()), token);
      int count =
          actor.update(
              new Sql(
                  prepared,
                  "UPDATE register SET trail = ? WHERE id = ?",
                  seen.with(token).text(),
                  read.id()));
      Actor.expect(1, count, this);
    }
  }

  /**
   * Inserts rows that nobody else has: one with a key of the application's, or one whose key the
   * database makes and the application reads.
   */
  record Enter(boolean generated) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Token token = actor.recording().nextToken(false);
      actor.recording().write(entry(token.toString()), token);
      String text = token.toString();
      if (generated) {
        actor.updateReturning(
            new Sql(true, "INSERT INTO entry (token) VALUES (?)", text),
            keys -> {
              Actor.expect(1, keys.next() ? 1 : 0, this);
              // The row with the key that the application was given is a second row to be there.
              actor.recording().write(entryId(keys.getString(1)), token);
            },
            "id");
      } else {
        UUID id = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
        actor.recording().write(entryId(id.toString()), token);
        int count =
            actor.update(new Sql(true, "INSERT INTO entry (id, token) VALUES (?, ?)", id, text));
        Actor.expect(1, count, this);
      }
    }
  }
}
