package io.dsqlproxy.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The project's README, which repeats what the code declares. */
public final class Readme {

  private Readme() {}

  /** The directory of this module: Surefire runs in, and names, it. */
  public static Path module() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  }

  /** Fails unless the text is all that stands between the two markers of this name. */
  public static void assertSection(String name, String text) throws IOException {
    String readme = Files.readString(module().resolveSibling("README.md")).replace("\r\n", "\n");
    String begin = "<!-- " + name + ":begin -->";
    String end = "<!-- " + name + ":end -->";
    assertThat(readme).containsOnlyOnce(begin).containsOnlyOnce(end);
    assertThat(
            readme.substring(readme.indexOf(begin) + begin.length(), readme.indexOf(end)).strip())
        .as("what must stand between the markers " + name + " of README.md")
        .isEqualTo(text.strip());
  }

  /** A row of a table. */
  public static String row(String... cells) {
    return Stream.of(cells)
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
