package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what stands on one side of {@code =}. Stateless. */
final class Operands {

  private static final Operand EXPRESSION = new Operand.Expression();

  private static final Set<String> WHOLE_NUMBERS =
      Set.of("INT", "INTEGER", "INT2", "INT4", "INT8", "SMALLINT", "BIGINT");

  /** Of a string, without a length: the others cut it off, or pad it. */
  private static final Set<String> TEXTS = Set.of("TEXT", "VARCHAR");

  /** A column of texts would store a number without them. */
  private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=.)");

  private Operands() {}

  /** What a range of tokens is; a cast by {@code ::} that cannot change the value is left out. */
  static Operand read(Tokens tokens, int first, int end) {
    boolean cast =
        end == first + 3
            && tokens.kind(first + 1) == TokenKind.OPERATOR
            && tokens.text(first + 1).equals("::")
            && tokens.kind(first + 2) == TokenKind.WORD;
    if (end != first + 1 && !cast) {
      return EXPRESSION;
    }
    String type = cast ? Ascii.toUpperCase(tokens.text(first + 2)) : "";
    return !cast || keepsValue(tokens.kind(first), type) ? alone(tokens, first) : EXPRESSION;
  }

  private static boolean keepsValue(TokenKind kind, String type) {
    return WHOLE_NUMBERS.contains(type)
        || kind != TokenKind.NUMBER && type.equals("UUID")
        || kind == TokenKind.STRING && TEXTS.contains(type);
  }

  private static Operand alone(Tokens tokens, int token) {
    String text = tokens.text(token);
    return switch (tokens.kind(token)) {
      case PARAMETER ->
          text.equals("?") ? new Operand.Parameter(parameters(tokens, token) + 1) : EXPRESSION;
      case STRING -> string(text);
      case NUMBER ->
          text.chars().allMatch(c -> c >= '0' && c <= '9')
              ? new Operand.Literal(LEADING_ZEROS.matcher(text).replaceFirst(""))
              : EXPRESSION;
      default -> EXPRESSION;
    };
  }

  /** Not those with a prefix, with backslashes, and in several pieces. */
  private static Operand string(String text) {
    if (text.charAt(0) != '\'' || text.indexOf('\\') >= 0) {
      return EXPRESSION;
    }
    String inside = text.substring(1, text.length() - 1);
    return inside.replace("''", "").indexOf('\'') < 0
        ? new Operand.Literal(inside.replace("''", "'"))
        : EXPRESSION;
  }

  /** How many parameters stand before a token. */
  static int parameters(Tokens tokens, int end) {
    int parameters = 0;
    for (int i = 0; i < end; i++) {
      if (tokens.kind(i) == TokenKind.PARAMETER) {
        parameters++;
      }
    }
    return parameters;
  }
}
