package io.dsqlproxy.driver.history;

import java.sql.SQLException;
import java.util.List;

/**
 * Steps behind a savepoint. Immutable.
 *
 * @param undone whether the transaction goes back to the savepoint; otherwise it is released
 * @param asText whether the savepoint is set as SQL
 * @param name of the savepoint
 */
record Section(List<Step> steps, boolean undone, boolean asText, String name) implements Step {

  @Override
  public void perform(Actor actor) throws SQLException {
    Actor.Point savepoint = actor.savepoint(asText, name);
    for (Step step : steps) {
      step.perform(actor);
    }
    if (undone) {
      savepoint.rollBack();
    } else {
      savepoint.release();
    }
  }
}
