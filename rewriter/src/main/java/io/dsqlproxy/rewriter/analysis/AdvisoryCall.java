package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A call of one of PostgreSQL's functions for advisory locks, as ranges of tokens. Immutable.
 *
 * @param function which one
 * @param first the first token of its name, schema included
 * @param close the closing parenthesis; the end of the statement if there is none
 * @param arguments its arguments, in their order
 * @param statement the statement that it stands in
 */
public record AdvisoryCall(
    AdvisoryFunction function,
    int first,
    int close,
    List<Argument> arguments,
    Statement statement) {

  /** Words that read a table, or may, wherever they stand in an expression. */
  private static final Set<String> READING_WORDS =
      Set.of("SELECT", "FROM", "WITH", "VALUES", "TABLE", "INTO");

  /** What a function's name stands behind that is mentioned and not called. */
  private static final Set<String> DEFINING_WORDS =
      Set.of("CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT");

  public AdvisoryCall {
    arguments = List.copyOf(arguments);
  }

  /**
   * One argument, as a range of tokens, not empty.
   *
   * @param first its first token
   * @param end the token after its last
   */
  public record Argument(int first, int end) {}

  /** The first call in a statement, or null; literals and comments hold none. */
  public static AdvisoryCall firstIn(Statement statement) {
    Tokens tokens = statement.tokens();
    if (isAnyWord(tokens, statement.first(), DEFINING_WORDS)) {
      return null;
    }
    for (int i = statement.first(); i < statement.end(); i++) {
      AdvisoryCall call = startingAt(i, statement);
      if (call != null) {
        return call;
      }
    }
    return null;
  }

  /** The call whose name starts at this token, or null. */
  public static AdvisoryCall startingAt(int first, Statement statement) {
    Tokens tokens = statement.tokens();
    if (!tokens.isName(first) || tokens.isPunctuation(first - 1, '.')) {
      return null;
    }
    QualifiedName.Parsed name = QualifiedName.parse(tokens, first);
    if (name == null
        || !tokens.isPunctuation(name.end(), '(')
        || name.name().parts().size() > 2
        || !(name.name().schema().isEmpty() || name.name().schema().equals("pg_catalog"))) {
      return null;
    }
    AdvisoryFunction function = AdvisoryFunction.called(name.name().name());
    return function == null ? null : withArguments(function, first, name.end(), statement);
  }

  private static AdvisoryCall withArguments(
      AdvisoryFunction function, int first, int open, Statement statement) {
    Tokens tokens = statement.tokens();
    List<Argument> arguments = new ArrayList<>(2);
    int depth = 0;
    int start = open + 1;
    for (int i = open; i < statement.end(); i++) {
      if (tokens.isPunctuation(i, '(')) {
        depth++;
      } else if (tokens.isPunctuation(i, ')')) {
        depth--;
      }
      if (depth == 0 || depth == 1 && tokens.isPunctuation(i, ',')) {
        if (i > open + 1) {
          arguments.add(new Argument(start, i));
        }
        start = i + 1;
      }
      if (depth == 0) {
        return new AdvisoryCall(function, first, i, arguments, statement);
      }
    }
    return new AdvisoryCall(function, first, statement.end(), arguments, statement);
  }

  /** Whether the call is complete, and the function takes as many arguments. */
  public boolean isComplete() {
    int most = function == AdvisoryFunction.UNLOCK_ALL ? 0 : 2;
    int least = function == AdvisoryFunction.UNLOCK_ALL ? 0 : 1;
    return close < statement.end()
        && arguments.size() >= least
        && arguments.size() <= most
        && arguments.stream().allMatch(argument -> argument.end() > argument.first());
  }

  /**
   * Whether the arguments have the same value wherever in the session they are evaluated: they
   * neither read a table nor call a function that might, or that changes something.
   */
  public boolean isOfFixedKeys() {
    Tokens tokens = statement.tokens();
    for (Argument argument : arguments) {
      for (int i = argument.first(); i < argument.end(); i++) {
        TokenKind kind = tokens.kind(i);
        if (kind == TokenKind.INVALID
            || kind == TokenKind.UNTERMINATED
            || isAnyWord(tokens, i, READING_WORDS)
            || tokens.isPunctuation(i, '(') && ReadingStatement.callMayWrite(tokens, i - 1)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The number that an argument is written as, with its sign; null if it is no integer literal. */
  public String integer(Argument argument) {
    Tokens tokens = statement.tokens();
    int number = argument.end() - 1;
    boolean signed = number == argument.first() + 1 && isSign(tokens.text(argument.first()));
    if (number != argument.first() && !signed
        || tokens.kind(number) != TokenKind.NUMBER
        || !tokens.text(number).chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    boolean negative = signed && tokens.text(argument.first()).equals("-");
    return (negative ? "-" : "") + tokens.text(number);
  }

  private static boolean isSign(String text) {
    return text.equals("-") || text.equals("+");
  }

  private static boolean isAnyWord(Tokens tokens, int token, Set<String> words) {
    return words.stream().anyMatch(word -> tokens.isWord(token, word));
  }
}
