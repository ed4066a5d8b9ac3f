package io.dsqlproxy.driver.hikari;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Keeps a pool from throwing a connection away, and its transaction with it, when a statement was
 * refused: HikariCP takes SQLSTATE 0A000 (feature not supported) for a broken connection, but
 * Aurora DSQL and this driver say it of a statement. Every other exception is left to HikariCP.
 *
 * <p>For {@code HikariConfig.setExceptionOverrideClassName}. Stateless, and safe for use by many
 * threads.
 */
public final class KeepRefusedConnections implements SQLExceptionOverride {

  private static final String FEATURE_NOT_SUPPORTED = "0A000";

  /** HikariCP makes one for each pool. */
  public KeepRefusedConnections() {}

  @java.lang.Override
  public Override adjudicate(SQLException failure) {
    return FEATURE_NOT_SUPPORTED.equals(failure.getSQLState())
        ? Override.DO_NOT_EVICT
        : Override.CONTINUE_EVICT;
  }
}
