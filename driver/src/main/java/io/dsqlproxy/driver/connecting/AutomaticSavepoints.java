package io.dsqlproxy.driver.connecting;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * pgJDBC's {@code autosave}. Aurora DSQL refuses savepoints, and each refusal costs the
 * transaction. Stateless, but for what was logged.
 */
final class AutomaticSavepoints {

  private static final Logger LOG = LoggerFactory.getLogger(AutomaticSavepoints.class);

  private static final AtomicBoolean REPORTED = new AtomicBoolean();

  private AutomaticSavepoints() {}

  /** Switches them off on a connection that has executed nothing yet. */
  static void switchOff(Connection connection) throws SQLException {
    PgConnection pg = connection.unwrap(PgConnection.class);
    if (pg.getAutosave() != AutoSave.NEVER) {
      pg.setAutosave(AutoSave.NEVER);
      if (REPORTED.compareAndSet(false, true)) {
        LOG.warn("autosave is taken as never: Aurora DSQL has no savepoints");
      }
    }
  }
}
