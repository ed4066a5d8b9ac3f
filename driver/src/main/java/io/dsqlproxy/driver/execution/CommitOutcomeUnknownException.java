package io.dsqlproxy.driver.execution;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * The connection was lost after COMMIT was sent and before its answer arrived, or the server
 * answered with an error of its own (SQLSTATE class XX): the transaction may or may not have taken
 * effect, and only its effects can tell. This driver never repeats it, and nobody should who has
 * not looked. SQLSTATE 08007 (transaction_resolution_unknown); what came in place of an answer is
 * the cause. Immutable.
 *
 * <p>Non-transient on purpose, although the network may well recover: frameworks take a transient
 * or a recoverable exception for leave to run the transaction again. Pools drop the connection for
 * its SQLSTATE's class.
 */
public final class CommitOutcomeUnknownException extends SQLNonTransientConnectionException {

  static final String SQLSTATE = "08007";

  CommitOutcomeUnknownException(String message, SQLException cause) {
    super(message, SQLSTATE, cause.getErrorCode(), cause);
  }
}
