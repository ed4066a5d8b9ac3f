package io.dsqlproxy.driver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DriverVersionTest {

  @Test
  void versionIsTheOneOfTheBuild() throws Exception {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>" + DriverVersion.VERSION + "</version>");
    assertThat(DriverVersion.VERSION)
        .startsWith(DriverVersion.MAJOR + "." + DriverVersion.MINOR + ".");
  }
}
