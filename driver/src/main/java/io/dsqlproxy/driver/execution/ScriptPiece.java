package io.dsqlproxy.driver.execution;

import io.dsqlproxy.rewriter.analysis.StatementBoundary;
import io.dsqlproxy.rewriter.lexical.Lexer;
import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a {@linkplain TransactionCommand#isScript script}: one command about the transaction,
 * or statements without any between two of them. Immutable.
 *
 * @param sql the part of the text
 * @param command what it does to the transaction
 * @param chains whether it asks for another transaction right after the one that it ends
 * @param parametersBefore how many {@code ?} parameters stand before it
 * @param parameters how many stand in it
 */
public record ScriptPiece(
    String sql, TransactionCommand command, boolean chains, int parametersBefore, int parameters) {

  /**
   * The pieces of a text: statements that follow each other without a command about the transaction
   * are one piece, because PostgreSQL takes them for one transaction.
   */
  public static List<ScriptPiece> piecesOf(String sql) {
    List<ScriptPiece> pieces = new ArrayList<>();
    for (ScriptPiece statement : statementsOf(sql)) {
      int last = pieces.size() - 1;
      if (last >= 0 && !statement.isControl() && !pieces.get(last).isControl()) {
        pieces.set(last, pieces.get(last).and(statement));
      } else {
        pieces.add(statement);
      }
    }
    return pieces;
  }

  /** A text as a whole, without parameters. */
  public static ScriptPiece of(String sql) {
    TransactionCommand command = TransactionCommand.of(sql);
    boolean chains =
        command.isControl() && statementsOf(sql).stream().anyMatch(ScriptPiece::chains);
    return new ScriptPiece(sql, command, chains, 0, 0);
  }

  /** The statements of a text, each of them alone; a comment counts, as it does in pgJDBC. */
  public static List<ScriptPiece> statementsOf(String sql) {
    Tokens tokens = Lexer.tokenize(sql);
    List<ScriptPiece> statements = new ArrayList<>();
    int parameters = 0;
    int first = 0;
    int start = 0;
    while (start < sql.length()) {
      int end = StatementBoundary.end(tokens, first);
      int stop = end < tokens.size() ? tokens.start(end) : sql.length();
      String text = sql.substring(start, stop);
      if (!text.isBlank()) {
        int own = parametersIn(tokens, first, end);
        TransactionCommand command = TransactionCommandReader.read(tokens, first, end);
        boolean chains =
            command.kind() == TransactionCommand.Kind.UNCLEAR && tokens.isWord(end - 1, "CHAIN");
        statements.add(new ScriptPiece(text, command, chains, parameters, own));
        parameters += own;
      }
      first = end + 1;
      start = stop + 1;
    }
    return statements;
  }

  private static int parametersIn(Tokens tokens, int first, int end) {
    int parameters = 0;
    for (int i = first; i < end; i++) {
      if (tokens.kind(i) == TokenKind.PARAMETER && tokens.text().charAt(tokens.start(i)) == '?') {
        parameters++;
      }
    }
    return parameters;
  }

  private ScriptPiece and(ScriptPiece next) {
    return new ScriptPiece(
        sql + ';' + next.sql,
        TransactionCommand.SEVERAL_STATEMENTS,
        false,
        parametersBefore,
        parameters + next.parameters);
  }

  /** Whether it is a command about the transaction. */
  public boolean isControl() {
    return command.kind() != TransactionCommand.Kind.NONE;
  }
}
