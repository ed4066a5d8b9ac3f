package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PropertyTableTest {

  @Test
  void theReadmeShowsThePropertiesAsTheyAreDeclared() throws Exception {
    // Surefire runs in, and names, the module's directory.
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    String readme = Files.readString(module.resolveSibling("README.md")).replace("\r\n", "\n");

    assertThat(readme).containsOnlyOnce(PropertyTable.BEGIN).containsOnlyOnce(PropertyTable.END);
    String section =
        readme.substring(
            readme.indexOf(PropertyTable.BEGIN) + PropertyTable.BEGIN.length(),
            readme.indexOf(PropertyTable.END));
    assertThat(section.strip())
        .as("what must stand between the two markers of README.md")
        .isEqualTo(PropertyTable.markdown().strip());
  }
}
