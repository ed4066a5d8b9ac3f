package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.RetryBudget;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.rewriter.Planner;
import java.util.Objects;

/**
 * What a connection needs to know beside the physical connection. Immutable, shared by connections.
 *
 * @param url the URL that {@link java.sql.DatabaseMetaData#getURL()} reports: without secrets
 * @param planner decides how each statement is sent
 * @param retryPolicy how often, and how patiently, a conflict is answered by running again
 * @param retryMode what is run again
 * @param failedCommit what the COMMIT of a failed transaction gives
 * @param journalBytes the memory that one transaction may take to be run again, in bytes
 * @param retryBudget how many retries the connections that share it may still make
 * @param allowWeakerIsolation whether a request for SERIALIZABLE is accepted and runs at REPEATABLE
 *     READ
 * @param statistics where everything that is done on the application's behalf is counted
 */
public record ConnectionContext(
    String url,
    Planner planner,
    RetryPolicy retryPolicy,
    RetryMode retryMode,
    FailedCommit failedCommit,
    long journalBytes,
    RetryBudget retryBudget,
    boolean allowWeakerIsolation,
    DriverStatistics statistics) {

  public ConnectionContext {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(planner, "planner");
    Objects.requireNonNull(retryPolicy, "retryPolicy");
    Objects.requireNonNull(retryMode, "retryMode");
    Objects.requireNonNull(failedCommit, "failedCommit");
    Objects.requireNonNull(retryBudget, "retryBudget");
    Objects.requireNonNull(statistics, "statistics");
  }
}
