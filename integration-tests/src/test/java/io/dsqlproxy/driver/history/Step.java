package io.dsqlproxy.driver.history;

import java.sql.SQLException;

/** Something that a transaction does. Immutable, so that it can be done again. */
interface Step {

  /** Does it, and records what it does and sees. */
  void perform(Actor actor) throws SQLException;
}
