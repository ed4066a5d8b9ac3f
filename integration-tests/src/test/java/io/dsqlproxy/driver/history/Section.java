package io.dsqlproxy.driver.history;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/**
 * Steps behind a savepoint. Immutable.
 *
 * @param undone whether the transaction goes back to the savepoint; otherwise it is released
 * @param name of the savepoint if it is set as SQL; null if it is set through JDBC
 */
record Section(List<Step> steps, boolean undone, String name) implements Step {

  @Override
  public void perform(Actor actor) throws SQLException {
    Savepoint savepoint = name == null ? actor.connection().setSavepoint() : null;
    if (name != null) {
      actor.execute("SAVEPOINT " + name);
    }
    int position = actor.recording().position();
    for (Step step : steps) {
      step.perform(actor);
    }
    if (name != null) {
      actor.execute((undone ? "ROLLBACK TO SAVEPOINT " : "RELEASE SAVEPOINT ") + name);
    } else if (undone) {
      actor.connection().rollback(savepoint);
    } else {
      actor.connection().releaseSavepoint(savepoint);
    }
    if (undone) {
      actor.recording().undoFrom(position);
    }
  }
}
