package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.driver.Readme;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PropertyTableTest {

  @Test
  void theReadmeShowsThePropertiesAsTheyAreDeclared() throws Exception {
    String rows =
        Stream.of(DriverProperty.values())
            .map(PropertyTableTest::row)
            .collect(Collectors.joining());
    Readme.assertSection(
        "properties", "| property | default | value | what it does |\n|---|---|---|---|\n" + rows);
  }

  private static String row(DriverProperty property) {
    String defaultText =
        property.defaultText().isEmpty() ? "-" : '`' + property.defaultText() + '`';
    return Readme.row(
        '`' + property.key() + '`', defaultText, property.rule(), property.description());
  }
}
