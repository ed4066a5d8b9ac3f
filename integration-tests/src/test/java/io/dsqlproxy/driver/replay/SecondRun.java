package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.simulator.fault.Fault.conflict;
import static io.dsqlproxy.simulator.fault.FaultTrigger.commit;
import static io.dsqlproxy.simulator.fault.FaultTrigger.statementContaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsqlproxy.driver.execution.DataChangedException;
import io.dsqlproxy.driver.execution.NotReplayableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A transaction that others pass by: its COMMIT meets a conflict, and it is run a second time on
 * what they have left. For use by one thread.
 */
final class SecondRun implements AutoCloseable {

  private final ReplayCluster cluster;
  private Connection connection;

  /** With further tables or functions. */
  SecondRun(String... definitions) throws SQLException {
    cluster = new ReplayCluster();
    cluster.run(definitions);
  }

  /** A new connection with a new transaction; the accounts are as they were. */
  void reset() throws SQLException {
    if (connection != null) {
      connection.close();
    }
    cluster.reset();
    connection = cluster.connect();
    connection.setAutoCommit(false);
  }

  /** The connection of the transaction. */
  Connection connection() {
    return connection;
  }

  Statement statement() throws SQLException {
    return connection.createStatement();
  }

  ReplayCluster cluster() {
    return cluster;
  }

  /** Executes an update that meets a conflict, and everything before it a second time. */
  void meetConflictIn(String update) throws SQLException {
    cluster.faults().clear();
    cluster.faults().at(statementContaining(update)).answer(conflict());
    assertThat(statement().executeUpdate(update)).isEqualTo(1);
    assertThat(cluster.faults().fired()).as("conflicts").hasSize(1);
  }

  /** What others do meanwhile makes no difference: the second run commits. */
  void isTheSameAfter(String... changes) throws SQLException {
    passBy(changes);
    connection.commit();
    assertThat(cluster.faults().fired()).as("conflicts").hasSize(1);
  }

  /**
   * What others do meanwhile makes a difference, which stops the second run.
   *
   * @param difference as the error names it
   */
  void differsAfter(String difference, String... changes) throws SQLException {
    passBy(changes);
    DataChangedException changed =
        catchThrowableOfType(DataChangedException.class, connection::commit);
    assertThat((Throwable) changed).as("it committed").isNotNull();
    assertThat(changed.getSQLState()).isEqualTo("40001");
    assertThat(changed.getMessage()).contains("had another outcome: " + difference + " (");
  }

  /** There is no second run, for this reason. */
  void isImpossible(String reason) throws SQLException {
    passBy();
    NotReplayableException impossible =
        catchThrowableOfType(NotReplayableException.class, connection::commit);
    assertThat((Throwable) impossible).as("it committed").isNotNull();
    assertThat(impossible.reason()).isEqualTo(reason);
  }

  private void passBy(String... changes) throws SQLException {
    cluster.run(changes);
    cluster.faults().clear();
    cluster.faults().at(commit()).answer(conflict());
  }

  @Override
  public void close() {
    cluster.close();
  }
}
