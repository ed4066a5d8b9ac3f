package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
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

  @Override
  public boolean isTransactionOpen() {
    return pg.getTransactionState() != TransactionState.IDLE;
  }

  @Override
  public boolean isTransactionFailed() {
    return pg.getTransactionState() == TransactionState.FAILED;
  }

  @Override
  public boolean isClosed() throws SQLException {
    return pg.isClosed();
  }

  @Override
  public PreparedStatement prepare(String sql) throws SQLException {
    return pg.prepareStatement(sql);
  }

  /** pgJDBC refuses to roll back in autocommit, whatever text has begun a transaction there. */
  @Override
  public void rollBack() throws SQLException {
    if (!isTransactionOpen()) {
      return;
    }
    if (!pg.getAutoCommit()) {
      pg.rollback();
      return;
    }
    try (Statement statement = pg.createStatement()) {
      statement.execute("ROLLBACK");
    }
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
