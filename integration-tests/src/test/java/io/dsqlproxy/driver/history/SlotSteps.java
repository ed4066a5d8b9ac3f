package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Actor.Sql;
import java.sql.SQLException;
import java.sql.Savepoint;

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

  private static Trail insert(Actor actor, int id, Trail before) throws SQLException {
    Token token = actor.recording().nextToken(false);
    actor.recording().write(slot(id), token);
    Trail after = before.with(token);
    int count = actor.update(new Sql(true, "INSERT INTO slot VALUES (?, ?)", id, after.text()));
    Actor.expect(1, count, "INSERT");
    return after;
  }

  /** Reads a row, which may not be there. */
  record Look(int id, Lock lock, boolean prepared) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Trail[] seen = new Trail[1];
      actor.query(
          new Sql(prepared, "SELECT trail FROM slot WHERE id = ?" + lock.clause(), id),
          0,
          rows -> {
            if (rows.next()) {
              seen[0] = Trail.parse(rows.getString(1));
            }
          });
      if (seen[0] != null) {
        actor.recording().read(slot(id), seen[0], actor.promised(lock));
      } else if (!actor.alone()) {
        // What is not there cannot be locked.
        actor.recording().read(slot(id), inGrave(actor, id), Lock.NONE);
      }
    }
  }

  /** Inserts a row, or finds out that it is there, and goes back to before. */
  record Put(int id) implements Step {

    @Override
    public void perform(Actor actor) throws SQLException {
      Savepoint savepoint = actor.connection().setSavepoint();
      int position = actor.recording().position();
      try {
        // That the row is not there, and this its last version, is only known when it is inserted.
        Trail after = insert(actor, id, inGrave(actor, id));
        actor.recording().read(slot(id), after, Lock.NONE);
      } catch (SQLException failure) {
        if (!UNIQUE_VIOLATION.equals(failure.getSQLState())) {
          throw failure;
        }
        actor.connection().rollback(savepoint);
        actor.recording().undoFrom(position);
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
