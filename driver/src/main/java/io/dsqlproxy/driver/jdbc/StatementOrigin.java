package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.Origin;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.rewriter.PlannedForm;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the journal keeps of a statement: how to make another one. Of the statement itself, which
 * has results with rows, it only knows as long as the application does. Not safe for use by several
 * threads at once.
 */
final class StatementOrigin implements Origin {

  /** What pgJDBC and this take for a statement that was closed, approximately. */
  private static final int BYTES = 300;

  private final DsqlConnection connection;
  private final Preparation<? extends Statement> preparation;
  private final WeakReference<DsqlStatement> statement;
  private final boolean prepared;
  private boolean kept;

  /**
   * The origin of everything that is executed with a statement.
   *
   * @param preparation null if nobody knows how the statement was made
   * @param prepared whether it executes the same text each time
   */
  StatementOrigin(
      DsqlStatement statement, Preparation<? extends Statement> preparation, boolean prepared) {
    this.connection = statement.connection();
    this.preparation = preparation;
    this.statement = new WeakReference<>(statement);
    this.prepared = prepared;
  }

  @Override
  public String obstacle() {
    return preparation == null ? Obstacle.STATEMENT_OF_RESULT.because() : null;
  }

  @Override
  public Statement another(PlannedForm.Send form, String text) throws SQLException {
    return connection.prepareAgain(preparation, text);
  }

  @Override
  public long bytesKept(String text) {
    long ofText = 2L * text.length();
    if (kept) {
      return prepared ? 0 : ofText;
    }
    kept = true;
    return BYTES + ofText;
  }

  @Override
  public void released() {
    kept = false;
  }

  @Override
  public boolean reportsOn(StatementUnit<?> unit) throws SQLException {
    DsqlStatement known = statement.get();
    return known != null && known.reportsOn(unit);
  }

  @Override
  public void reportFrom(Statement other) throws SQLException {
    DsqlStatement known = statement.get();
    if (known == null) {
      other.close();
    } else {
      known.reportFrom(other);
    }
  }
}
