package io.dsqlproxy.driver.replay;

import io.dsqlproxy.driver.replay.MatrixCell.Data;
import io.dsqlproxy.driver.replay.MatrixCell.Failure;
import io.dsqlproxy.driver.replay.MatrixCell.Kind;
import io.dsqlproxy.driver.replay.MatrixCell.LeftOut;
import io.dsqlproxy.driver.replay.MatrixCell.Place;
import io.dsqlproxy.driver.replay.MatrixCell.Times;
import io.dsqlproxy.driver.replay.MatrixRule.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The matrix as a text: a letter for each cell. Not safe for use by several threads at once. */
final class MatrixReport {

  private static final char NOT_RUN = ' ';
  private static final char LEFT_OUT = '.';
  private static final char WRONG = '!';
  private static final int WIDTH = Times.values().length * (Data.values().length + 1);

  private final Map<MatrixCell, Character> letters = new HashMap<>();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final Map<LeftOut, Integer> leftOut = new EnumMap<>(LeftOut.class);
  private int wrong;

  void verified(MatrixCell cell, Outcome outcome) {
    letters.put(cell, outcome.letter());
    outcomes.merge(outcome, 1, Integer::sum);
  }

  void differs(MatrixCell cell) {
    letters.put(cell, WRONG);
    wrong++;
  }

  void leftOut(MatrixCell cell, LeftOut reason) {
    letters.put(cell, LEFT_OUT);
    leftOut.merge(reason, 1, Integer::sum);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(legend());
    text.append("%n%-42s".formatted(""));
    for (Place place : Place.values()) {
      text.append(("%-" + WIDTH + "s").formatted(place));
    }
    for (Kind kind : Kind.values()) {
      for (Failure failure : Failure.values()) {
        text.append("%n%-24s%-18s".formatted(kind, failure)).append(line(kind, failure));
      }
    }
    leftOut.forEach(
        (reason, number) -> text.append("%n%6d left out, %s".formatted(number, reason)));
    int cells = outcomes.values().stream().mapToInt(Integer::intValue).sum();
    return text.append("%n%6d cells as designed %s, %d not".formatted(cells, outcomes, wrong))
        .toString();
  }

  private static String legend() {
    String letters =
        Stream.of(Outcome.values())
            .map(outcome -> outcome.letter() + " " + outcome)
            .collect(Collectors.joining(", "));
    return "The fault matrix: %s, %c left out, %c not as designed.%nIn each place %s, each with data %s"
        .formatted(
            letters,
            LEFT_OUT,
            WRONG,
            Arrays.toString(Times.values()),
            Arrays.toString(Data.values()));
  }

  private String line(Kind kind, Failure failure) {
    StringBuilder line = new StringBuilder();
    for (Place place : Place.values()) {
      for (Times times : Times.values()) {
        for (Data data : Data.values()) {
          MatrixCell cell = new MatrixCell(kind, failure, place, times, data);
          line.append(letters.getOrDefault(cell, NOT_RUN));
        }
        line.append(' ');
      }
    }
    return line.toString().stripTrailing();
  }
}
