package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.execution.TransactionCommand.Kind;
import io.dsqlproxy.rewriter.analysis.StatementBoundary;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import io.dsqlproxy.rewriter.lexical.Ascii;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;

/**
 * Reads transaction control from tokens, as PostgreSQL 16's grammar does ({@code TransactionStmt}).
 * A single-use object, confined to its thread.
 */
final class TransactionCommandReader {

  /** NAMEDATALEN - 1. */
  private static final int LONGEST_NAME = 63;

  private final Tokens tokens;
  private final int end;
  private int next;

  private TransactionCommandReader(Tokens tokens, int first, int end) {
    this.tokens = tokens;
    this.next = first;
    this.end = end;
  }

  /** What a text does, from its tokens. */
  static TransactionCommand read(Tokens tokens) {
    TransactionCommand only = null;
    boolean several = false;
    boolean control = false;
    int first = 0;
    while (first < tokens.size()) {
      int end = StatementBoundary.end(tokens, first);
      if (end > first) {
        several |= only != null;
        only = read(tokens, first, end);
        control |= only.kind() != Kind.NONE;
      }
      first = end + 1;
    }
    if (several) {
      return control ? TransactionCommand.SCRIPT : TransactionCommand.SEVERAL_STATEMENTS;
    }
    return only == null ? TransactionCommand.NONE : only;
  }

  /** What one statement does. */
  static TransactionCommand read(Tokens tokens, int first, int end) {
    return end > first
        ? new TransactionCommandReader(tokens, first, end).command()
        : TransactionCommand.NONE;
  }

  private TransactionCommand command() {
    TransactionModes modes = TransactionModes.of(tokens, next, end);
    if (modes != null) {
      return switch (modes.scope()) {
        case BEGIN -> TransactionCommand.BEGIN;
        case TRANSACTION -> TransactionCommand.SET_TRANSACTION;
        case SESSION -> TransactionCommand.NONE;
      };
    }
    if (skip("BEGIN") || skip("START")) {
      return TransactionCommand.UNCLEAR;
    }
    if (skip("COMMIT") || skip("END")) {
      skipNoise();
      return ended(TransactionCommand.COMMIT);
    }
    if (skip("ABORT")) {
      skipNoise();
      return ended(TransactionCommand.ROLLBACK);
    }
    if (skip("ROLLBACK")) {
      skipNoise();
      return skip("TO") ? savepoint(Kind.ROLLBACK_TO, true) : ended(TransactionCommand.ROLLBACK);
    }
    if (skip("SAVEPOINT")) {
      return savepoint(Kind.SAVEPOINT, false);
    }
    if (skip("RELEASE")) {
      return savepoint(Kind.RELEASE, true);
    }
    if (skip("PREPARE")) {
      return skip("TRANSACTION") ? TransactionCommand.UNCLEAR : TransactionCommand.NONE;
    }
    return isProcedure() ? TransactionCommand.PROCEDURE : TransactionCommand.NONE;
  }

  private boolean isProcedure() {
    while (next < end
        && (tokens.isPunctuation(next, '{')
            || tokens.kind(next) == TokenKind.PARAMETER
            || tokens.kind(next) == TokenKind.OPERATOR)) {
      next++;
    }
    return skip("CALL") || skip("DO");
  }

  private boolean skip(String upperCase) {
    if (next < end && tokens.isWord(next, upperCase)) {
      next++;
      return true;
    }
    return false;
  }

  private void skipNoise() {
    if (!skip("WORK")) {
      skip("TRANSACTION");
    }
  }

  private TransactionCommand ended(TransactionCommand command) {
    boolean understood = next == end || skip("AND") && skip("NO") && skip("CHAIN") && next == end;
    return understood ? command : TransactionCommand.UNCLEAR;
  }

  /** SAVEPOINT is a name as well: {@code RELEASE SAVEPOINT} releases the one that is called so. */
  private TransactionCommand savepoint(Kind kind, boolean afterOptionalWord) {
    if (afterOptionalWord && next + 1 < end) {
      skip("SAVEPOINT");
    }
    if (next + 1 != end || !tokens.isName(next)) {
      return TransactionCommand.UNCLEAR;
    }
    String name = name();
    return name.isEmpty() ? TransactionCommand.UNCLEAR : TransactionCommand.of(kind, name);
  }

  /** Empty if it is none, or one that is written with escapes. */
  private String name() {
    String text = tokens.text(next);
    if (tokens.kind(next) == TokenKind.WORD) {
      return truncated(Ascii.toLowerCase(text));
    }
    return text.charAt(0) == '"'
        ? truncated(text.substring(1, text.length() - 1).replace("\"\"", "\""))
        : "";
  }

  /** PostgreSQL cuts a name that is too long, never inside a character. */
  private static String truncated(String name) {
    int bytes = 0;
    int i = 0;
    while (i < name.length()) {
      int character = name.codePointAt(i);
      bytes += utf8Length(character);
      if (bytes > LONGEST_NAME) {
        return name.substring(0, i);
      }
      i += Character.charCount(character);
    }
    return name;
  }

  private static int utf8Length(int character) {
    if (character < 0x80) {
      return 1;
    }
    if (character < 0x800) {
      return 2;
    }
    return character < 0x10000 ? 3 : 4;
  }
}
