package io.dsqlproxy.driver.fences;

import io.dsqlproxy.driver.journal.Batch;
import io.dsqlproxy.driver.journal.ParameterBinding;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.rewriter.PlannedForm;
import io.dsqlproxy.rewriter.RowWrite;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;

/** How one execution is sent, and what it means for the locks of its transaction. Immutable. */
public final class Step {

  private final PlannedForm.Send form;
  private final VersionedRows rows;
  private final List<Expected> expected;
  private final Batch batch;

  private Step(PlannedForm.Send form, VersionedRows rows, List<Expected> expected, Batch batch) {
    this.form = form;
    this.rows = rows;
    this.expected = expected;
    this.batch = batch;
  }

  /** An execution that is sent as it was planned. */
  public static Step planned(PlannedForm.Send form) {
    return new Step(form, null, List.of(), null);
  }

  /** A query whose rows are remembered one by one. */
  static Step reading(PlannedForm.Send form, VersionedRows rows) {
    return new Step(form, rows, List.of(), null);
  }

  /** A statement that asks for the version of the row that it writes. */
  static Step writing(PlannedForm.Send form, Expected expected) {
    return new Step(form, null, List.of(expected), null);
  }

  /** A batch of which each entry does. */
  static Step writing(PlannedForm.Send form, List<Expected> expected, List<Parameters> entries) {
    Batch batch = new Batch();
    for (int i = 0; i < entries.size(); i++) {
      batch.add(entries.get(i).with(expected.get(i).parameter(), version(expected.get(i))));
    }
    return new Step(form, null, List.copyOf(expected), batch);
  }

  /**
   * The row that a statement writes.
   *
   * @param write the statement, as far as its text tells
   * @param row what is known of the row; null if it was not read
   * @param id which row it is
   * @param version asked for; null if NULL is
   * @param asked whether it is asked for at all
   * @param parameter the number of the parameter that holds it; 0 if none does
   */
  record Expected(
      RowWrite write, RowVersion row, RowId id, String version, boolean asked, int parameter) {}

  /** What is sent. */
  public PlannedForm.Send form() {
    return form;
  }

  VersionedRows rows() {
    return rows;
  }

  List<Expected> expected() {
    return expected;
  }

  /** The batch that is executed in the place of the application's; null if none is. */
  public Batch batch() {
    return batch;
  }

  /** Binds the parameters that the application does not know of, if there are any. */
  public void bindTo(Statement statement) throws SQLException {
    if (batch != null) {
      batch.addTo(statement);
    } else if (hasParameter()) {
      version(expected.get(0)).bindTo((PreparedStatement) statement);
    }
  }

  /** The execution for the journal, with that parameter. */
  public <T> Invocation<T> complete(Invocation<T> invocation) {
    return hasParameter() && batch == null
        ? new Invocation<>(
            invocation.origin(),
            invocation.form(),
            invocation.execution(),
            invocation.parameters().with(expected.get(0).parameter(), version(expected.get(0))),
            invocation.settings())
        : invocation;
  }

  private boolean hasParameter() {
    return !expected.isEmpty() && expected.get(0).parameter() > 0;
  }

  /** The server takes the text for a value of the column's type. */
  private static ParameterBinding version(Expected expected) {
    int index = expected.parameter();
    String version = expected.version();
    return statement -> statement.setObject(index, version, Types.OTHER);
  }
}
