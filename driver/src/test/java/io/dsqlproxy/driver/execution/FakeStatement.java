package io.dsqlproxy.driver.execution;

import io.dsqlproxy.driver.journal.Execution;
import io.dsqlproxy.driver.journal.Origin;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.driver.journal.StatementSettings;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.rewriter.PlannedForm;
import java.lang.reflect.Proxy;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement of the application's with nothing of pgJDBC's behind it: whoever uses that for more
 * than to cancel or to close it fails. Confined to one thread.
 */
final class FakeStatement implements Executable, Origin {

  /** Why it cannot be executed again now; null if it can. */
  String obstacleToRepeat;

  /** Why it cannot be executed again later; null if it can. */
  String obstacle;

  int queryTimeoutSeconds;

  /** What its replacements were told. */
  final List<String> replacements = new ArrayList<>();

  int repetitionsPrepared;
  Statement reportsFrom;
  private StatementUnit<?> executedLast;

  /** It has been used for something else. */
  void leaveExecution() {
    executedLast = null;
  }

  @Override
  public Statement ready(PlannedForm.Send form) {
    leaveExecution();
    return another(form, form.sql());
  }

  @Override
  public <T> Invocation<T> invocation(PlannedForm.Send form, Execution<T> execution) {
    return new Invocation<>(this, form, execution, Parameters.NONE, StatementSettings.DEFAULT);
  }

  @Override
  public void journaled(StatementUnit<?> unit) {
    executedLast = unit;
  }

  @Override
  public String obstacleToRepeat() {
    return obstacleToRepeat;
  }

  @Override
  public void prepareToRepeat() {
    repetitionsPrepared++;
  }

  @Override
  public int queryTimeoutSeconds() {
    return queryTimeoutSeconds;
  }

  // -------------------- Origin

  @Override
  public String obstacle() {
    return obstacle;
  }

  @Override
  public Statement another(PlannedForm.Send form, String text) {
    return (Statement)
        Proxy.newProxyInstance(
            FakeStatement.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "close", "cancel" -> replacements.add(method.getName()) ? null : proxy;
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }

  @Override
  public long bytesKept(String text) {
    return 0;
  }

  @Override
  public void released() {}

  @Override
  public boolean reportsOn(StatementUnit<?> unit) {
    return unit == executedLast;
  }

  @Override
  public void reportFrom(Statement other) {
    reportsFrom = other;
  }
}
