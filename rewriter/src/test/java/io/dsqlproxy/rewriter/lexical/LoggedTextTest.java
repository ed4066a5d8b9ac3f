package io.dsqlproxy.rewriter.lexical;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No data of a statement gets into a log. */
class LoggedTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t WHERE s = 'secret' FOR SHARE",
        "SELECT a  FROM t /* secret */ WHERE s = E'it\\'s secret' FOR SHARE -- secret",
        "SELECT a\nFROM t WHERE s = $tag$secret$tag$ FOR SHARE",
        "SELECT a FROM t WHERE s = 47110815 FOR SHARE"
      })
  void literalsAndCommentsAreNotShown(String sql) {
    assertThat(LoggedText.of(sql)).isEqualTo("SELECT a FROM t WHERE s = ? FOR SHARE");
  }

  @Test
  void whatIsNotClosedIsNotShown() {
    assertThat(LoggedText.of("SELECT 'secret")).isEqualTo("SELECT ?");
  }

  @Test
  void longTextIsCut() {
    String sql = "SELECT " + "a, ".repeat(100_000) + "a FROM t WHERE s = 'secret'";
    assertThat(LoggedText.of(sql)).hasSizeLessThan(210).endsWith(" …").doesNotContain("secret");
    String commented = "/* secret */".repeat(1_000) + " SELECT 1";
    assertThat(LoggedText.of(commented)).doesNotContain("secret");
  }
}
