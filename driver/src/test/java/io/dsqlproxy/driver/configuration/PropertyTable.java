package io.dsqlproxy.driver.configuration;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Our properties as the table of the README. */
final class PropertyTable {

  static final String BEGIN = "<!-- properties:begin -->";
  static final String END = "<!-- properties:end -->";

  private PropertyTable() {}

  static String markdown() {
    String rows =
        Stream.of(DriverProperty.values()).map(PropertyTable::row).collect(Collectors.joining());
    return "| property | default | value | what it does |\n|---|---|---|---|\n" + rows;
  }

  private static String row(DriverProperty property) {
    String defaultText =
        property.defaultText().isEmpty() ? "-" : '`' + property.defaultText() + '`';
    return Stream.of(
            '`' + property.key() + '`', defaultText, property.rule(), property.description())
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
