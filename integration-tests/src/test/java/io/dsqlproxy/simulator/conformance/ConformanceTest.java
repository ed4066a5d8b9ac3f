package io.dsqlproxy.simulator.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every recorded row is run over the wire; what differs is exactly what is known to differ. No step
 * may block.
 */
@Timeout(180)
class ConformanceTest {

  private static final Duration NEVER_BY_ITSELF = Duration.ofDays(1);

  /** The clients that the recorded statements go through. */
  enum Client {
    WIRE_SIMPLE(simulator -> new WireClient(simulator, false)),
    WIRE_EXTENDED(simulator -> new WireClient(simulator, true)),
    PGJDBC_SIMPLE(simulator -> new JdbcClient(simulator, "simple")),
    PGJDBC_EXTENDED(simulator -> new JdbcClient(simulator, "extended"));

    private final Function<DsqlSimulator, FactClient> open;

    Client(Function<DsqlSimulator, FactClient> open) {
      this.open = open;
    }

    FactClient open(DsqlSimulator simulator) {
      return open.apply(simulator);
    }

    Row applicable(Row row) {
      if (this == WIRE_EXTENDED && row.isOfSeveralStatements()) {
        return row.leftOut("one statement per message");
      }
      boolean setByPgJdbc = this != WIRE_SIMPLE && this != WIRE_EXTENDED;
      return setByPgJdbc && row.id().equals("show_timezone")
          ? row.leftOut("pgJDBC sets it to the zone of its JVM")
          : row;
    }
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void answersAsRecordedExceptForTheKnownDifferences(Client client) {
    ConformanceTable table = new ConformanceTable();
    try (DsqlSimulator simulator = DsqlSimulator.builder().jobDelay(NEVER_BY_ITSELF).start();
        CaseRunner runner = new CaseRunner(() -> client.open(simulator))) {
      runner.prepare(Fixtures.BASELINE);
      for (Row row : rows()) {
        Row applicable = client.applicable(row);
        table.add(applicable, runner.difference(applicable));
      }
    }
    System.out.println(client + "\n" + table);
    assertThat(table.differing())
        .as(table.details())
        .containsExactlyInAnyOrderElementsOf(KnownDifferences.REASONS.keySet());
  }

  @Test
  void everyKnownDifferenceIsARecordedRow() {
    assertThat(rows().stream().map(Row::id)).containsAll(KnownDifferences.REASONS.keySet());
    assertThat(rows()).hasSizeGreaterThan(400);
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>(StatementRows.read());
    rows.addAll(LockingRows.read());
    rows.addAll(PairRows.read());
    return rows;
  }
}
