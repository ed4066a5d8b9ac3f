package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.journal.StatementSettings.Setting;
import io.dsqlproxy.rewriter.LockRequest;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * What is sent in the place of a prepared statement that asks for a lock: one statement of pgJDBC's
 * for each of the answers, prepared when it is needed. Not safe for use by several threads at once.
 */
final class EmulatedStatement {

  private final LockRequest request;
  private final DsqlPreparedStatement statement;
  private final Map<String, PreparedStatement> answers = new HashMap<>();
  private volatile PreparedStatement current;

  EmulatedStatement(LockRequest request, DsqlPreparedStatement statement) {
    this.request = request;
    this.statement = statement;
  }

  /** What the application's statement reports from: null before it was executed. */
  PreparedStatement current() {
    return current;
  }

  /** The statement that gives an answer, which is executed next. */
  PreparedStatement answering(String text) throws SQLException {
    current = prepared(text);
    return current;
  }

  private PreparedStatement prepared(String text) throws SQLException {
    PreparedStatement known = answers.get(text);
    if (known != null && !known.isClosed()) {
      return known;
    }
    PreparedStatement answer = (PreparedStatement) statement.like(text);
    answers.put(text, answer);
    return answer;
  }

  /** Sets something on all of them. */
  void apply(Setting setting) throws SQLException {
    for (PreparedStatement answer : answers.values()) {
      if (!answer.isClosed()) {
        setting.applyTo(answer);
      }
    }
  }

  /** All answers have the same columns. */
  ResultSetMetaData metaData() throws SQLException {
    return prepared(request.answer().granted()).getMetaData();
  }

  /** The parameters are those of the keys. */
  ParameterMetaData parameterMetaData() throws SQLException {
    try (Statement keys = statement.like(request.keys().query())) {
      return ((PreparedStatement) keys).getParameterMetaData();
    }
  }
}
