package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the COMMIT of a transaction gives the application in which a statement has failed. The
 * server answers it with a rollback, as a success.
 */
public enum FailedCommit {
  /** Nothing, as with pgJDBC: the application has seen the statement's failure. It is logged. */
  RETURN {
    @Override
    void report(SQLException error) {
      long times = WARNINGS.due();
      if (times > 0) {
        LOG.warn(
            "COMMIT has rolled back a transaction because an earlier statement of it had failed,"
                + " and gave no error ({} since this was last logged; failedCommit=throw makes it an"
                + " error)",
            times);
      }
    }
  },
  /** An error, SQLSTATE 25P02. */
  THROW {
    @Override
    void report(SQLException error) throws SQLException {
      throw error;
    }
  };

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.session");
  private static final WarningRate WARNINGS =
      new WarningRate(Duration.ofMinutes(1), System::nanoTime);

  /** COMMIT has rolled the transaction back. */
  abstract void report(SQLException error) throws SQLException;
}
