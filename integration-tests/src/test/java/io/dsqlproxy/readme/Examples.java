package io.dsqlproxy.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares the README's Java examples with the tested regions that they are. Stateless. */
public final class Examples {

  private Examples() {}

  /** The README shows the region with this name of this test, without its indentation. */
  static void assertShown(Class<?> test, String name) throws IOException {
    String source = "src/test/java/" + test.getName().replace('.', '/') + ".java";
    String region =
        between(
            Files.readString(module().resolve(source)), "// example:" + name + "\n", "// end\n");
    assertThat(between(readme(), "<!-- example:" + name + " -->\n```java\n", "```"))
        .isEqualTo(region.stripTrailing().stripIndent() + '\n');
  }

  /** The README. */
  public static String readme() throws IOException {
    return Files.readString(module().resolveSibling("README.md"));
  }

  /** What stands between two texts. */
  public static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    assertThat(from).as(start).isNotNegative();
    return text.substring(from + start.length(), text.indexOf(end, from + start.length()));
  }

  /** Surefire runs in, and names, the module's directory. */
  private static Path module() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  }
}
