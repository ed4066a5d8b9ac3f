package io.dsqlproxy.driver.replay;

import static io.dsqlproxy.driver.replay.WritingUnits.matches;

import io.dsqlproxy.driver.replay.MatrixState.Change;
import io.dsqlproxy.driver.replay.WritingUnits.Updates;
import io.dsqlproxy.simulator.fault.FaultTrigger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/** The units that write with a batch of two entries; a fault strikes at the second of them. */
final class BatchUnits {

  private static final String UNMARKED = "UPDATE account SET balance = balance + 1 WHERE ";
  private static final String MARKED = "UPDATE /* unit */ account SET balance = balance + 1 WHERE ";

  private BatchUnits() {}

  /** The counts of both entries. */
  abstract static class Batches extends Updates {

    @Override
    List<String> seenAtFirst(MatrixState state) {
      return List.of("[" + matches(state, 1) + ", " + matches(state, 2) + "]");
    }

    @Override
    Change count() {
      return Change.negates("account 2");
    }

    @Override
    int statements() {
      return 2;
    }
  }

  /** Of texts. */
  static final class OfStatements extends Batches {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      Statement batch = keep(connection.createStatement());
      batch.addBatch(UNMARKED + "id = 1 AND balance > 0");
      batch.addBatch(MARKED + "id = 2 AND balance > 0");
      seen.add(Arrays.toString(batch.executeBatch()));
    }

    @Override
    String textInErrors() {
      return "a batch of statements";
    }
  }

  /** Of parameters, with large counts. */
  static final class OfParameters extends Batches {
    @Override
    void begin(Connection connection, List<String> seen) throws SQLException {
      PreparedStatement batch =
          keep(connection.prepareStatement(MARKED + "id = ? AND balance > 0"));
      for (int id = 1; id <= 2; id++) {
        batch.setInt(1, id);
        batch.addBatch();
      }
      seen.add(Arrays.toString(batch.executeLargeBatch()));
    }

    /** Both entries have the marked text. */
    @Override
    FaultTrigger execution(int number) {
      return super.execution(2 * number);
    }
  }
}
