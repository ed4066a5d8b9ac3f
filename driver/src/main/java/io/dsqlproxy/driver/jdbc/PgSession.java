package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Session;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
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

  @Override
  public boolean has(List<TransactionModes.Kind> modes) throws SQLException {
    for (TransactionModes.Kind mode : modes) {
      if (!has(mode)) {
        return false;
      }
    }
    return true;
  }

  private boolean has(TransactionModes.Kind mode) throws SQLException {
    return switch (mode) {
      case READ_UNCOMMITTED -> isAtLeast(Connection.TRANSACTION_READ_UNCOMMITTED);
      case READ_COMMITTED -> isAtLeast(Connection.TRANSACTION_READ_COMMITTED);
      case REPEATABLE_READ -> isAtLeast(Connection.TRANSACTION_REPEATABLE_READ);
      case SERIALIZABLE -> isAtLeast(Connection.TRANSACTION_SERIALIZABLE);
      case READ_ONLY -> isReadOnly();
      case READ_WRITE -> !isReadOnly();
      // Nothing of a transaction below SERIALIZABLE can be deferred.
      case DEFERRABLE, NOT_DEFERRABLE -> true;
    };
  }

  /** JDBC's levels are numbered from the weakest. */
  private boolean isAtLeast(int level) throws SQLException {
    return pg.getTransactionIsolation() >= level;
  }

  private boolean isReadOnly() throws SQLException {
    try (Statement statement = pg.createStatement();
        ResultSet shown = statement.executeQuery("SHOW transaction_read_only")) {
      return shown.next() && shown.getString(1).equals("on");
    }
  }

  /** In autocommit pgJDBC puts no BEGIN of its own in front, and switching it on sends nothing. */
  @Override
  public void begin(List<TransactionModes.Kind> modes) throws SQLException {
    rollBack();
    boolean autocommit = pg.getAutoCommit();
    pg.setAutoCommit(true);
    try (Statement statement = pg.createStatement()) {
      statement.execute(
          modes.stream()
              .filter(mode -> mode.compareTo(TransactionModes.Kind.DEFERRABLE) < 0)
              .map(TransactionModes.Kind::sql)
              .collect(Collectors.joining(", ", "BEGIN ", "")));
    } finally {
      pg.setAutoCommit(autocommit);
    }
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
