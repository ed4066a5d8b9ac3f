package io.dsqlproxy.driver.fences;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A statement that is being written. For use by one thread. */
final class StatementText {

  private final StringBuilder sql = new StringBuilder();
  private final List<SqlValue> parameters = new ArrayList<>();
  private final Random random;
  private final boolean prepared;

  /** Nothing yet; only a prepared statement has parameters. */
  StatementText(Random random, boolean prepared) {
    this.random = random;
    this.prepared = prepared;
  }

  StatementText add(String text) {
    sql.append(text);
    return this;
  }

  /** A value, as a parameter more often than not. */
  StatementText add(SqlValue value) {
    return prepared && random.nextInt(5) > 0 ? parameter(value) : add(value.literal());
  }

  /** A value that has to be a parameter. */
  StatementText parameter(SqlValue value) {
    sql.append(value.placeholder());
    parameters.add(value);
    return this;
  }

  ScenarioStep step(ScenarioStep.Kind kind, int entries, ScenarioStep.Reading reading) {
    return new ScenarioStep(kind, sql.toString(), prepared, parameters, entries, reading);
  }
}
