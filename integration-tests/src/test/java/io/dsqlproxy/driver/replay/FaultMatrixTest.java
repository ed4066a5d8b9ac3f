package io.dsqlproxy.driver.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.replay.MatrixCell.Data;
import io.dsqlproxy.driver.replay.MatrixCell.Failure;
import io.dsqlproxy.driver.replay.MatrixCell.Kind;
import io.dsqlproxy.driver.replay.MatrixCell.LeftOut;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixCell.Times;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a transaction executes, wherever and however often it meets a conflict or loses its
 * connection, and whatever another transaction changes meanwhile: it is committed once, and the
 * application has seen what is true in it; or the error says what happened, and nothing of it is
 * committed; or, only if the connection is lost when COMMIT was sent, the outcome is said to be
 * unknown. {@link MatrixRule} says which.
 */
@Timeout(300)
class FaultMatrixTest {

  private static final MatrixReport REPORT = new MatrixReport();

  private static MatrixTables tables;
  private static Connection connection;

  @BeforeAll
  static void start() throws SQLException {
    tables = new MatrixTables();
    connection = tables.connect();
  }

  @AfterAll
  static void stop() throws SQLException {
    System.out.println(REPORT);
    connection.close();
    tables.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultHasTheOutcomeThatIsDesignedForIt(Kind kind) {
    List<String> wrong = new ArrayList<>();
    for (MatrixCell cell : cellsOf(kind)) {
      Optional<LeftOut> reason = cell.whyLeftOut();
      if (reason.isPresent()) {
        REPORT.leftOut(cell, reason.get());
        continue;
      }
      try {
        REPORT.verified(cell, run(cell));
      } catch (SQLException | AssertionError | RuntimeException difference) {
        REPORT.differs(cell);
        wrong.add(cell + ": " + difference);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static MatrixRule.Outcome run(MatrixCell cell) throws SQLException {
    if (connection.isClosed()) {
      connection = tables.connect();
    }
    return new MatrixRun(cell, tables, connection).verify();
  }

  private static List<MatrixCell> cellsOf(Kind kind) {
    List<MatrixCell> cells = new ArrayList<>();
    for (Failure failure : Failure.values()) {
      for (Place place : Place.values()) {
        for (Times times : Times.values()) {
          for (Data data : Data.values()) {
            cells.add(new MatrixCell(kind, failure, place, times, data));
          }
        }
      }
    }
    return cells;
  }
}
