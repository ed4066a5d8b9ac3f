package io.dsqlproxy.driver.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.Readme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever meets a reason finds it in the README, and what the README lists can be met. */
class ObstacleTest {

  private static final Pattern REASON_IN_PLACE =
      Pattern.compile("(giveUp\\w*|writesRows|new UnrepeatableBinding)\\(\\s*\"");

  @Test
  void readmeShowsTheReasonsAsTheyAreDeclared() throws IOException {
    String rows =
        Stream.of(Obstacle.values())
            .map(obstacle -> Readme.row("… because " + obstacle.pattern(), obstacle.occasion()))
            .collect(Collectors.joining());
    Readme.assertSection("obstacles", "| reason | when |\n|---|---|\n" + rows);
  }

  @ParameterizedTest
  @EnumSource
  void reasonIsGivenSomewhereWithAllThatItIsAbout(Obstacle obstacle) throws IOException {
    int places = obstacle.because().split("%s", -1).length - 1;
    Matcher uses =
        Pattern.compile("Obstacle\\." + obstacle.name() + "\\s*\\.because\\((\\)?)")
            .matcher(sources());
    assertThat(uses.find()).isTrue();
    do {
      assertThat(uses.group(1)).isEqualTo(places == 0 ? ")" : "");
    } while (uses.find());
    assertThat(places).isLessThanOrEqualTo(1);
  }

  @Test
  void reasonsAreDeclaredAndNotWrittenWhereTheyAreGiven() throws IOException {
    assertThat(sources()).doesNotContainPattern(REASON_IN_PLACE);
  }

  private static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(Readme.module().resolve("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(ObstacleTest::read)
          .collect(Collectors.joining());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
