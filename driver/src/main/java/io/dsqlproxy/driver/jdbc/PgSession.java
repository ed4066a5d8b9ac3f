package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Session;
import java.sql.SQLException;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of the protocol, as pgJDBC keeps it. As safe for use by many threads as the connection.
 */
final class PgSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.session");

  private final PgConnection pg;

  PgSession(PgConnection pg) {
    this.pg = pg;
  }

  @Override
  public boolean inTransaction() throws SQLException {
    disarmAutosave();
    return !pg.getAutoCommit() || isTransactionOpen();
  }

  /** True from BEGIN to the end of the transaction, failed or not. */
  boolean isTransactionOpen() {
    return pg.getTransactionState() != TransactionState.IDLE;
  }

  /**
   * Autosave makes pgJDBC send SAVEPOINT before statements, which aborts every transaction on
   * Aurora DSQL. An application that reaches pgJDBC can switch it on at any time.
   */
  void disarmAutosave() {
    if (pg.getAutosave() != AutoSave.NEVER) {
      LOG.warn("autosave={} is off again: Aurora DSQL has no savepoints", pg.getAutosave().value());
      pg.setAutosave(AutoSave.NEVER);
    }
  }
}
