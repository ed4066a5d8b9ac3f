package io.dsqlproxy.driver.journal;

import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGStatement;

/**
 * The statements of one replay. The application's own are left alone: it may have bound other
 * parameters, or read other results, since. Each of them has one in its place, which executes the
 * same. Confined to the thread that replays.
 *
 * <p>Values are compared in the format in which they came, text or binary. pgJDBC chooses it, so it
 * is led to the same choice: a text that it does not know yet is not prepared, and its results are
 * text; a statement with the prepare threshold of -1 is described first, and its results are binary
 * where they can be.
 */
final class Rerun {

  private final ReplayTime time;
  private final Map<Key, Statement> statements = new HashMap<>();

  /** The query timeouts that the application has set, in seconds. */
  private final Map<Statement, Integer> timeouts = new IdentityHashMap<>();

  private final Set<Statement> handedOver = new HashSet<>();
  private volatile Statement running;

  Rerun(ReplayTime time) {
    this.time = time;
  }

  ReplayTime time() {
    return time;
  }

  /** A statement that executes what the unit executed, without its parameters. */
  Statement statementFor(StatementUnit<?> unit) throws SQLException {
    Key key = keyOf(unit);
    Statement statement = statements.get(key);
    if (statement == null) {
      statement = create(unit);
      statements.put(key, statement);
    }
    int left = time.secondsForStatement();
    if (left > 0) {
      limit(statement, left);
    }
    running = statement;
    return statement;
  }

  /** What is left bounds the statement, unless the application's own timeout is shorter. */
  private void limit(Statement statement, int left) throws SQLException {
    if (!timeouts.containsKey(statement)) {
      timeouts.put(statement, statement.getQueryTimeout());
    }
    int own = timeouts.get(statement);
    statement.setQueryTimeout(own == 0 ? left : Math.min(own, left));
  }

  private static Statement create(StatementUnit<?> unit) throws SQLException {
    StatementUnit.Invocation<?> invocation = unit.invocation();
    Statement statement = invocation.origin().another(invocation.form(), formFor(unit).sql());
    invocation.settings().applyTo(statement);
    if (unit.comparesValues()) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(unit.isBinary() ? -1 : 0);
    }
    return statement;
  }

  /** What a unit sends in a replay: a text that pgJDBC does not know if its values are texts. */
  static PlannedForm.Send formFor(StatementUnit<?> unit) {
    PlannedForm.Send form = unit.invocation().form();
    return !unit.comparesValues() || unit.isBinary()
        ? form
        : new PlannedForm.Send(form.sql() + " ", form.findings());
  }

  private static Key keyOf(StatementUnit<?> unit) {
    StatementUnit.Invocation<?> invocation = unit.invocation();
    return new Key(
        invocation.origin(), invocation.settings(), unit.comparesValues(), unit.isBinary());
  }

  /** The application's statement reports from now on what the one in its place reports. */
  void handOver(StatementUnit<?> unit) throws SQLException {
    Statement statement = statements.get(keyOf(unit));
    handedOver.add(statement);
    if (timeouts.containsKey(statement)) {
      statement.setQueryTimeout(timeouts.get(statement));
    }
    unit.invocation().origin().reportFrom(statement);
  }

  /** Stops what is running, if something is. Safe for use by other threads. */
  void cancel() throws SQLException {
    Statement statement = running;
    if (statement != null) {
      statement.cancel();
    }
  }

  /** Closes all statements that nobody needs; a failure to close one is not worth an error. */
  void close() {
    running = null;
    for (Statement statement : statements.values()) {
      if (!handedOver.contains(statement)) {
        try {
          statement.close();
        } catch (SQLException alreadyUnusable) {
          continue;
        }
      }
    }
  }

  /** Statements are told apart by identity. */
  private record Key(
      Origin origin, StatementSettings settings, boolean comparesValues, boolean binary) {}
}
