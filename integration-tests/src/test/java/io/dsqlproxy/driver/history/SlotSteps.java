package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Actor.Sql;
import java.sql.SQLException;

/**
 * Steps on rows that come and go. Who deletes one puts its trail into a grave, so that who inserts
 * it again can go on with it. Stateless.
 */
final class SlotSteps {

  private static final String UNIQUE_VIOLATION = "23505";

  private SlotSteps() {}

  static Key slot(int id) {
    return Key.of("slot", id);
  }

  private static Trail inGrave(Actor actor, int id) throws SQLException {
    Trail[] seen = {Trail.EMPTY};
    actor.query(
        new Sql(
            true, "SELECT trail FROM grave WHERE slot = ? ORDER BY generation DESC LIMIT 1", id),
        0,
        rows -> {
          if (rows.next()) {
            seen[0] = Trail.parse(rows.getString(1));
          }
        });
    return seen[0];
  }

  /** Reads a row, or what was last known of it; what is not there cannot be locked. */
  private static Trail look(Actor actor, int id, Lock lock, boolean prepared) throws SQLException {
    Trail[] seen = new Trail[1];
    actor.query(
        new Sql(prepared, "SELECT trail FROM slot WHERE id = ?" + lock.clause(), id),
        0,
        rows -> {
          if (rows.next()) {
            seen[0] = Trail.parse(rows.getString(1));
          }
        });
    Trail trail = seen[0] != null ? seen[0] : inGrave(actor, id);
    actor.recording().read(slot(id), trail, seen[0] != null ? lock : Lock.NONE);
    return trail;
  }

  private static void insert(Actor actor, int id, Trail before) throws SQLException {
    Token token = actor.recording().nextToken(false);
    actor.recording().write(slot(id), token);
    int count =
        actor.update(
            new Sql(true, "INSERT INTO slot VALUES (?, ?)", id, before.with(token).text()));
    Actor.expect(1, count, "INSERT");
  }

  /** Reads a row, which may not be there. */
  record Look(int id, Lock lock, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      look(actor, id, lock, prepared);
    }
  }

  /** Inserts a row, whether or not it is there; if it is, goes back to before. */
  record Put(int id, boolean asText) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Trail seen = look(actor, id, Lock.NONE, true);
      Actor.Point savepoint = actor.savepoint(asText, "put");
      try {
        insert(actor, id, seen);
      } catch (SQLException failure) {
        if (!UNIQUE_VIOLATION.equals(failure.getSQLState())) {
          throw failure;
        }
        savepoint.rollBack();
      }
    }
  }

  /** Changes a row if it is there. */
  record Touch(int id, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      int position = actor.recording().position();
      Token token = actor.recording().nextToken(false);
      actor.recording().write(slot(id), token);
      int count =
          actor.update(
              new Sql(
                  prepared,
                  "UPDATE slot SET trail = trail || ',' || ? WHERE id = ?",
                  token.toString(),
                  id));
      if (count == 0) {
        actor.recording().undoFrom(position);
      }
    }
  }

  /**
   * Deletes a row if it is there.
   *
   * @param again whether it is inserted again at once
   */
  record Delete(int id, boolean again) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      int position = actor.recording().position();
      Token token = actor.recording().nextToken(true);
      actor.recording().write(slot(id), token);
      Trail[] seen = new Trail[1];
      actor.query(
          new Sql(true, "DELETE FROM slot WHERE id = ? RETURNING trail", id),
          0,
          rows -> {
            if (rows.next()) {
              seen[0] = Trail.parse(rows.getString(1)).with(token);
            }
          });
      if (seen[0] == null) {
        actor.recording().undoFrom(position);
        return;
      }
      actor.recording().read(slot(id), seen[0], Lock.NONE);
      long generation = seen[0].tokens().stream().filter(Token::deletes).count();
      int count =
          actor.update(
              new Sql(true, "INSERT INTO grave VALUES (?, ?, ?)", id, generation, seen[0].text()));
      Actor.expect(1, count, this);
      if (again) {
        insert(actor, id, seen[0]);
      }
    }
  }
}
