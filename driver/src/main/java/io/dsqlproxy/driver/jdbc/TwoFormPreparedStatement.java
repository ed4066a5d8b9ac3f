package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.journal.BytesBinding;
import io.dsqlproxy.driver.journal.ParameterBinding;
import io.dsqlproxy.driver.journal.StatementSettings.Setting;
import io.dsqlproxy.driver.journal.TextBinding;
import io.dsqlproxy.driver.journal.ValueBinding;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A prepared statement whose text depends on the transaction's state when it is executed: a
 * statement for each, both prepared and bound alike. What it reports is about the one executed
 * last. Not safe for use by several threads at once except for {@link #cancel()}.
 */
final class TwoFormPreparedStatement extends DsqlPreparedStatement {

  private final PlannedForm autocommitForm;
  private final PlannedForm inTransactionForm;
  private volatile PreparedStatement autocommit;
  private volatile PreparedStatement inTransaction;
  private volatile PreparedStatement executedWith;

  TwoFormPreparedStatement(
      DsqlConnection connection,
      PhysicalConnection physical,
      PreparedStatement autocommit,
      PreparedStatement inTransaction,
      Plan plan,
      Preparation<? extends Statement> preparation) {
    super(connection, physical, inTransaction, plan, preparation, sql(plan.inTransaction()));
    this.autocommitForm = plan.autocommit();
    this.inTransactionForm = plan.inTransaction();
    this.autocommit = autocommit;
    this.inTransaction = inTransaction;
    this.executedWith = inTransaction;
  }

  private static String sql(PlannedForm form) {
    return ((PlannedForm.Send) form).sql();
  }

  @Override
  Statement executedWith() {
    return executedWith;
  }

  @Override
  Statement replaceOwn() throws SQLException {
    PreparedStatement alone = (PreparedStatement) anew(autocommit, sql(autocommitForm));
    boolean executedAlone = executedWith == autocommit;
    inTransaction = (PreparedStatement) super.replaceOwn();
    autocommit = filled(alone, false);
    executedWith = executedAlone ? autocommit : inTransaction;
    return inTransaction;
  }

  @Override
  void applyToOwn(Setting setting) throws SQLException {
    try {
      setting.applyTo(autocommit);
    } finally {
      setting.applyTo(inTransaction);
    }
  }

  @Override
  void bindOwn(ParameterBinding binding) throws SQLException {
    binding.bindTo(inTransaction);
    binding.bindTo(autocommit);
  }

  /** As one statement would, this one closes its results when it is executed again. */
  @Override
  PreparedStatement ownFor(PlannedForm.Send form) throws SQLException {
    if (form != autocommitForm && form != inTransactionForm) {
      return null;
    }
    PreparedStatement next = form == autocommitForm ? autocommit : inTransaction;
    PreparedStatement last = executedWith;
    if (next != last) {
      if (last.isClosed()) {
        next.close();
      } else {
        closeResultsOf(last);
      }
      executedWith = next;
    }
    return next;
  }

  @Override
  public boolean isClosed() throws SQLException {
    return autocommit.isClosed() || inTransaction.isClosed();
  }

  // -------------------- parameters that can be read once: each statement reads a copy

  @Override
  void bindStream(
      int parameterIndex, InputStream stream, long length, ValueBinding<InputStream> binding)
      throws SQLException {
    if (stream == null || length < 0) {
      bind(parameterIndex, statement -> binding.bind(statement, stream));
      return;
    }
    try {
      byte[] bytes = stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
      bind(
          parameterIndex,
          new BytesBinding(
              bytes,
              (statement, value) -> binding.bind(statement, new ByteArrayInputStream(value))));
    } catch (IOException e) {
      throw DsqlExceptions.unreadableParameter(e);
    }
  }

  @Override
  void bindReader(int parameterIndex, Reader reader, long length, ValueBinding<Reader> binding)
      throws SQLException {
    if (reader == null || length < 0) {
      bind(parameterIndex, statement -> binding.bind(statement, reader));
      return;
    }
    try {
      String text = read(reader, length);
      bind(
          parameterIndex,
          TextBinding.of(text, statement -> binding.bind(statement, new StringReader(text))));
    } catch (IOException e) {
      throw DsqlExceptions.unreadableParameter(e);
    }
  }

  private static String read(Reader reader, long length) throws IOException {
    StringWriter text = new StringWriter();
    char[] buffer = new char[8192];
    long left = length;
    int read;
    while (left > 0 && (read = reader.read(buffer, 0, (int) Math.min(buffer.length, left))) >= 0) {
      text.write(buffer, 0, read);
      left -= read;
    }
    return text.toString();
  }
}
