package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.Operand;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;

/** Reads what stands on one side of {@code =}. Stateless. */
final class Operands {

  private static final Operand EXPRESSION = new Operand.Expression();

  private Operands() {}

  /** What a range of tokens is; a cast by {@code ::} makes no difference. */
  static Operand read(Tokens tokens, int first, int end) {
    if (first >= end || !isAlone(tokens, first, end)) {
      return EXPRESSION;
    }
    String text = tokens.text(first);
    return switch (tokens.kind(first)) {
      case PARAMETER ->
          text.equals("?") ? new Operand.Parameter(parameters(tokens, first) + 1) : EXPRESSION;
      case STRING ->
          text.charAt(0) == '\'' && text.indexOf('\\') < 0
              ? new Operand.Literal(text.substring(1, text.length() - 1).replace("''", "'"))
              : EXPRESSION;
      case NUMBER ->
          text.chars().allMatch(c -> c >= '0' && c <= '9') ? new Operand.Literal(text) : EXPRESSION;
      default -> EXPRESSION;
    };
  }

  private static boolean isAlone(Tokens tokens, int first, int end) {
    return end == first + 1
        || end == first + 3
            && tokens.kind(first + 1) == TokenKind.OPERATOR
            && tokens.text(first + 1).equals("::")
            && tokens.kind(first + 2) == TokenKind.WORD;
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
