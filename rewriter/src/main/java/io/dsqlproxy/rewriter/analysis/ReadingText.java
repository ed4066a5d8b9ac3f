package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Lexer;
import java.util.List;

/** Whether a text only reads. Doubt counts as writing. Stateless. */
public final class ReadingText {

  private ReadingText() {}

  /**
   * Whether the text is one statement that only reads.
   *
   * @param sql any text
   */
  public static boolean onlyReads(String sql) {
    List<Statement> statements = StatementScanner.scan(Lexer.tokenize(sql));
    if (statements.size() != 1) {
      return false;
    }
    Statement statement = statements.get(0);
    return ReadingStatement.onlyReads(statement, StatementStructure.of(statement));
  }
}
