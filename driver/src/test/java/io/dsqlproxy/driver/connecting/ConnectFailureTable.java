package io.dsqlproxy.driver.connecting;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of failures in the README, as they are declared. Stateless. */
final class ConnectFailureTable {

  static final String BEGIN = "<!-- connect-failures:begin -->";
  static final String END = "<!-- connect-failures:end -->";

  private ConnectFailureTable() {}

  static String markdown() {
    return "| what happens | told by | what the driver does | what the application sees |\n"
        + "|---|---|---|---|\n"
        + Stream.of(ConnectFailure.values())
            .map(ConnectFailureTable::row)
            .collect(Collectors.joining());
  }

  private static String row(ConnectFailure failure) {
    String last = failure.surfacing().words();
    boolean goesOn = failure.persistence() != ConnectFailure.Persistence.NONE;
    return "| %s | %s | %s | %s |\n"
        .formatted(
            failure.cause(),
            failure.sign(),
            failure.reaction(),
            goesOn ? "nothing, or in the end " + last : last);
  }
}
