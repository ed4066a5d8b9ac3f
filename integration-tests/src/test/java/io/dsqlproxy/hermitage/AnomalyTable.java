package io.dsqlproxy.hermitage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What is expected of each anomaly with each spelling of the reads, and what was seen. Confined to
 * one thread.
 */
final class AnomalyTable {

  private static final String UNKNOWN = "-";

  private final List<Reading> readings;
  private final Map<Scenario, Map<Reading, Verdict>> expected = new LinkedHashMap<>();
  private final Map<Scenario, Map<Reading, Verdict>> seen = new LinkedHashMap<>();

  /**
   * Reads a table with a row for each anomaly and a column for each spelling, split by bars.
   * Nothing is expected of a cell with a dash.
   */
  AnomalyTable(String text) {
    List<List<String>> lines = text.lines().map(AnomalyTable::words).toList();
    readings = lines.get(0).stream().skip(1).map(AnomalyTable::reading).toList();
    List<List<String>> rows = lines.subList(1, lines.size());
    assertThat(rows.stream().map(row -> row.get(0)))
        .containsExactlyElementsOf(Hermitage.SCENARIOS.stream().map(Scenario::name).toList());
    for (int i = 0; i < rows.size(); i++) {
      List<String> words = rows.get(i).subList(1, rows.get(i).size());
      assertThat(words).hasSameSizeAs(readings);
      Map<Reading, Verdict> row = new EnumMap<>(Reading.class);
      for (int j = 0; j < words.size(); j++) {
        if (!words.get(j).equals(UNKNOWN)) {
          row.put(readings.get(j), Verdict.valueOf(words.get(j)));
        }
      }
      expected.put(Hermitage.SCENARIOS.get(i), row);
    }
  }

  /** Scenario and spelling of each cell of which something is expected. */
  List<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    expected.forEach(
        (scenario, row) ->
            row.keySet().forEach(reading -> cells.add(Arguments.of(scenario, reading))));
    return cells;
  }

  /** Each step is answered at once and as expected, and so is the question whether it happens. */
  void assertCell(Scenario scenario, Reading reading, SteppedSessions.Opener opener)
      throws Exception {
    try (SteppedSessions sessions = new SteppedSessions(opener)) {
      List<String> outcomes = sessions.run(scenario, reading);
      Verdict verdict = scenario.verdict(outcomes, reading);
      seen.computeIfAbsent(scenario, ignored -> new EnumMap<>(Reading.class)).put(reading, verdict);
      assertThat(outcomes)
          .as("%s, reads %s, %s", scenario, reading, scenario.steps())
          .isEqualTo(scenario.expected(reading));
      assertThat(verdict).isEqualTo(expected.get(scenario).get(reading));
    }
  }

  /** The table, with what was expected and what was seen in each cell. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format("%-56s", "anomaly (expected / seen)"));
    readings.forEach(reading -> text.append(String.format("%-26s", reading)));
    expected.forEach(
        (scenario, row) -> {
          text.append(String.format("%n%-56s", scenario));
          for (Reading reading : readings) {
            String cell = cell(row, reading) + " / " + cell(seen.get(scenario), reading);
            text.append(String.format("%-26s", cell));
          }
        });
    return text.append(System.lineSeparator()).toString();
  }

  private static String cell(Map<Reading, Verdict> row, Reading reading) {
    return row == null || !row.containsKey(reading) ? UNKNOWN : row.get(reading).toString();
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split("\\|")).map(String::strip).toList();
  }

  private static Reading reading(String name) {
    return Arrays.stream(Reading.values())
        .filter(reading -> reading.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
