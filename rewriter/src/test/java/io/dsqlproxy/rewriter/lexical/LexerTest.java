package io.dsqlproxy.rewriter.lexical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {

  private static List<String> texts(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      texts.add(tokens.text(i));
    }
    return texts;
  }

  private static TokenKind onlyKind(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    assertThat(texts(sql)).containsExactly(sql);
    return tokens.kind(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'it''s'",
        "E'it\\'s'",
        "e'\\\\'",
        "B'01'",
        "x'1F'",
        "N'n'",
        "U&'\\0441'",
        "$$ ' \" -- $$",
        "$tag$ $$ $other$ $tag$",
        "$täg$ x $täg$",
        "'a'\n'b'",
        "E'a\\''\n  -- and on\n 'b\\''"
      })
  void aStringLiteralIsOneTokenWhateverItHolds(String sql) {
    assertThat(onlyKind(sql)).isEqualTo(TokenKind.STRING);
  }

  @Test
  void aBackslashEscapesNothingInAStandardString() {
    assertThat(texts("'\\' FOR")).containsExactly("'\\'", "FOR");
  }

  @Test
  void literalsOnOneLineAreTwoTokens() {
    assertThat(texts("'a' 'b'")).containsExactly("'a'", "'b'");
    assertThat(texts("'a' /* \n */ 'b'")).containsExactly("'a'", "'b'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"for update\"", "\"a\"\"b\"", "U&\"d\\0061t\"", "\"a.b\""})
  void aQuotedIdentifierIsOneToken(String sql) {
    assertThat(onlyKind(sql)).isEqualTo(TokenKind.QUOTED_IDENTIFIER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a$$", "a$1", "_x", "große", "日本", "t\uD83D\uDE00"})
  void anIdentifierTakesDollarsDigitsAndEveryLetterAboveAscii(String sql) {
    assertThat(onlyKind(sql)).isEqualTo(TokenKind.WORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.5", ".5", "1e10", "1.5E-3", "0x1F", "0b01", "1_000", "0xFF_FF"})
  void aNumberIsOneToken(String sql) {
    assertThat(onlyKind(sql)).isEqualTo(TokenKind.NUMBER);
  }

  @Test
  void commentsVanishAndNest() {
    assertThat(texts("a /* b /* c */ d */ e -- f\n g")).containsExactly("a", "e", "g");
  }

  @Test
  void aCommentEndsAnOperator() {
    assertThat(texts("a +-- b\n c")).containsExactly("a", "+", "c");
    assertThat(texts("a +/* b */ c")).containsExactly("a", "+", "c");
  }

  @Test
  void questionMarksAreParametersAndDoubledOnesOperators() {
    Tokens tokens = Lexer.tokenize("a = ? AND b ?? 'k' AND c ??| d AND e = $12");
    assertThat(texts("a = ? AND b ?? 'k' AND c ??| d AND e = $12"))
        .containsExactly(
            "a", "=", "?", "AND", "b", "??", "'k'", "AND", "c", "??|", "d", "AND", "e", "=", "$12");
    assertThat(tokens.kind(2)).isEqualTo(TokenKind.PARAMETER);
    assertThat(tokens.kind(5)).isEqualTo(TokenKind.OPERATOR);
    assertThat(tokens.kind(14)).isEqualTo(TokenKind.PARAMETER);
  }

  @Test
  void castsAndSlicesAreToldApart() {
    assertThat(texts("a::int[1:2]")).containsExactly("a", "::", "int", "[", "1", ":", "2", "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'abc", "E'abc\\'", "\"abc", "$$abc", "$a$ $b$", "/* /* */"})
  void whatIsNotClosedRunsToTheEnd(String sql) {
    assertThat(onlyKind(sql)).isEqualTo(TokenKind.UNTERMINATED);
  }

  @Test
  void keywordsAreComparedInAsciiOnly() {
    Tokens kelvin = Lexer.tokenize("LOC\u212A");
    assertThat(kelvin.isWord(0, "LOCK")).isFalse();
    assertThat(Lexer.tokenize("lOcK").isWord(0, "LOCK")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        " \t\f\u000B\r\na",
        "-- a",
        "-- a\rb",
        "-- a\n-- b\n\nc",
        "/* a */b",
        "/* a /* b */ c */ -- d\n /**/ e",
        "/* a /* b */",
        " /*/ a",
        "-a",
        "/a",
        ";a",
        "\u00A0a"
      })
  void theFirstTokenStartsWhereTheTokenizerFindsIt(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    assertThat(Lexer.startOfFirstToken(sql))
        .isEqualTo(tokens.size() == 0 ? sql.length() : tokens.start(0));
  }
}
