package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.Operation;
import io.dsqlproxy.driver.execution.ScriptPiece;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.journal.ArrayBinding;
import io.dsqlproxy.driver.journal.ObjectBinding;
import io.dsqlproxy.driver.journal.Obstacle;
import io.dsqlproxy.driver.journal.ParameterBinding;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.driver.journal.ShiftedBinding;
import io.dsqlproxy.driver.journal.SizedBinding;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.driver.journal.StreamBinding;
import io.dsqlproxy.driver.journal.UnrepeatableBinding;
import io.dsqlproxy.driver.journal.ValueBinding;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.EmulatedRequest;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.postgresql.util.ByteStreamWriter;

/**
 * A prepared statement whose executions pass the gate. Its text is the same in every situation, or
 * is refused in one of them. Not safe for use by several threads at once except for {@link
 * #cancel()}, like pgJDBC's.
 */
class DsqlPreparedStatement extends ForwardingPreparedStatement {

  private static final Operation<DsqlStatement, ResultSet> QUERY =
      new Operation<>(
          (statement, form) -> ((PreparedStatement) statement).executeQuery(),
          DsqlStatement::queryUnit);
  private static final Operation<DsqlStatement, Integer> UPDATE =
      new Operation<>(
          (statement, form) -> ((PreparedStatement) statement).executeUpdate(),
          DsqlStatement::updateUnit);
  private static final Operation<DsqlStatement, Long> LARGE_UPDATE =
      new Operation<>(
          (statement, form) -> ((PreparedStatement) statement).executeLargeUpdate(),
          DsqlStatement::updateUnit);
  private static final Operation<DsqlStatement, Boolean> ANY =
      new Operation<>(
          (statement, form) -> ((PreparedStatement) statement).execute(),
          DsqlStatement::executeUnit);

  private final Plan plan;
  private final String text;
  private final TransactionCommand command;
  private final Parameters parameters = new Parameters();

  /** The pieces of a text that is executed piece by piece; or null. */
  private final List<ScriptPiece> pieces;

  /** What is emulated, so that its own statement holds parameters and is not sent; or null. */
  private final EmulatedRequest emulated;

  private boolean streamBound;

  /**
   * A prepared statement.
   *
   * @param text what its own statement was prepared with
   */
  DsqlPreparedStatement(
      DsqlConnection connection,
      PhysicalConnection physical,
      PreparedStatement own,
      Plan plan,
      Preparation<? extends Statement> preparation,
      String text) {
    super(connection, physical, own, preparation);
    this.text = text;
    this.plan = plan;
    this.command = TransactionCommand.of(plan.sql());
    this.pieces = command.isScript() ? ScriptPiece.piecesOf(plan.sql()) : null;
    this.emulated =
        plan.inTransaction() instanceof PlannedForm.Emulate form ? form.request() : null;
  }

  private PreparedStatement ownPrepared() {
    return (PreparedStatement) own();
  }

  @Override
  final void bindLike(Statement another) throws SQLException {
    parameters.bindTo((PreparedStatement) another);
  }

  /** Registers the outputs that were registered here at a statement that answers in its place. */
  void registerOutputsAt(PreparedStatement answer) throws SQLException {}

  @Override
  PreparedStatement batchStatement() {
    return ownPrepared();
  }

  /** Gives a parameter to each of its own statements. */
  void bindOwn(ParameterBinding binding) throws SQLException {
    binding.bindTo(ownPrepared());
  }

  @Override
  final void bind(int parameterIndex, ParameterBinding binding) throws SQLException {
    followToBind();
    bindOwn(binding);
    parameters.put(parameterIndex, binding);
  }

  /**
   * To bind a value pgJDBC may ask the server about its type, which it cannot on a connection that
   * was left. Streams that have to be given again are given one after the other: until then the old
   * statement takes them.
   */
  private void followToBind() throws SQLException {
    if (isLeftBehind() && !connection().session().isClosed() && obstacleToRepeat() == null) {
      follow();
    }
  }

  /** PostgreSQL takes the padding of a CHAR away, so that its text is not the value's. */
  private void bindObject(
      int parameterIndex, Object value, Integer type, ValueBinding<Object> binding)
      throws SQLException {
    if (value instanceof String text && type != null && type == Types.CHAR) {
      bind(
          parameterIndex,
          new SizedBinding(2L * text.length(), statement -> binding.bind(statement, text)));
    } else if (value instanceof InputStream stream) {
      bindStream(parameterIndex, stream, Long.MAX_VALUE, binding::bind);
    } else if (value instanceof Reader reader) {
      bindReader(parameterIndex, reader, Long.MAX_VALUE, binding::bind);
    } else if (value instanceof ByteStreamWriter) {
      bind(
          parameterIndex,
          new UnrepeatableBinding(
              Obstacle.WRITER_PARAMETER.because(), statement -> binding.bind(statement, value)));
    } else {
      bind(
          parameterIndex,
          ObjectBinding.of(parameterIndex, DsqlArray.undecorated(value), type, binding));
    }
  }

  /**
   * Binds a parameter that is read when the statement is executed, or now.
   *
   * @param length how much of it is to be read; {@link Long#MAX_VALUE} for all
   */
  void bindStream(
      int parameterIndex, InputStream stream, long length, ValueBinding<InputStream> binding)
      throws SQLException {
    bind(
        parameterIndex,
        stream == null
            ? statement -> binding.bind(statement, null)
            : StreamBinding.of(stream, binding));
    streamBound |= stream != null;
  }

  /** The same for text. */
  void bindReader(int parameterIndex, Reader reader, long length, ValueBinding<Reader> binding)
      throws SQLException {
    bind(
        parameterIndex,
        reader == null
            ? statement -> binding.bind(statement, null)
            : StreamBinding.of(reader, binding));
    streamBound |= reader != null;
  }

  // -------------------- what the gate needs

  @Override
  public final boolean isPrepared() {
    return true;
  }

  @Override
  public final PreparedStatement ready(PlannedForm.Send form) throws SQLException {
    leaveReplay();
    follow();
    PreparedStatement prepared = ownFor(form);
    return prepared != null ? prepared : readyOther(form);
  }

  /** The one of its own statements that has the form's text; null if none has. */
  PreparedStatement ownFor(PlannedForm.Send form) throws SQLException {
    boolean planned = form == plan.inTransaction() || form == plan.autocommit();
    return planned || form.sql().isEmpty() ? ownPrepared() : null;
  }

  /**
   * What a postponed lock makes of the text is prepared when it is needed, and reported from; and
   * so is what answers in the place of a text that is emulated.
   */
  private PreparedStatement readyOther(PlannedForm.Send form) throws SQLException {
    Invocation<?> invocation = invocation(form, null);
    PreparedStatement other = (PreparedStatement) invocation.origin().another(form, form.sql());
    try {
      invocation.settings().applyTo(other);
      // What cannot be emulated is sent as it is, with its parameters, for the server to answer.
      if (sendsParameters() || form.sql().equals(plan.sql())) {
        parameters.bindTo(other);
      } else {
        registerOutputsAt(other);
      }
    } catch (SQLException e) {
      other.close();
      throw e;
    }
    if (batchToExecute() != null) {
      ownPrepared().clearBatch();
    }
    reportFrom(other);
    return other;
  }

  @Override
  Statement replaceOwn() throws SQLException {
    return filled((PreparedStatement) anew(own(), text), true);
  }

  /** Gives a statement that was just made what the application has given to this one. */
  PreparedStatement filled(PreparedStatement fresh, boolean withBatch) throws SQLException {
    if (withBatch && batch().size() > 0) {
      batch().addTo(fresh);
    }
    parameters.bindTo(fresh);
    return fresh;
  }

  @Override
  final Parameters parameters() {
    return sendsParameters() ? parameters.captured() : Parameters.NONE;
  }

  private boolean sendsParameters() {
    return emulated == null || emulated.keepsParameters();
  }

  @Override
  final PlannedForm.Send batchForm() {
    return plan.inTransaction() instanceof PlannedForm.Send form ? form : super.batchForm();
  }

  @Override
  final Effect batchEffect() {
    return plan.effect();
  }

  @Override
  public final String obstacleToRepeat() {
    String obstacle = super.obstacleToRepeat();
    // While a batch is executed, what is bound beside its entries is not.
    return obstacle != null || batchToExecute() != null ? obstacle : parameters.obstacle();
  }

  /** Streams were read, and the entries of a batch took the parameters' places. */
  @Override
  public final void prepareToRepeat() throws SQLException {
    super.prepareToRepeat();
    if (isLeftBehind()) {
      return;
    }
    if (streamBound || batch().size() > 0) {
      bindOwn(parameters::bindTo);
    }
  }

  private <T> T execute(Operation<DsqlStatement, T> operation, Script.Run run, Answer<T> answer)
      throws SQLException {
    failIfClosed();
    T result =
        pieces == null
            ? connection().execute(this, plan, command, operation)
            : answer.of(executePieces(run));
    if (streamBound) {
      parameters.executed();
    }
    return result;
  }

  // -------------------- scripts

  private ScriptResults executePieces(Script.Run run) throws SQLException {
    failIfUnbound();
    return executeScript(pieces, run);
  }

  /** As in pgJDBC nothing is executed before all parameters have values. */
  private void failIfUnbound() throws SQLException {
    ScriptPiece last = pieces.get(pieces.size() - 1);
    for (int i = 1; i <= last.parametersBefore() + last.parameters(); i++) {
      if (parameters.binding(i) == null) {
        throw DsqlExceptions.parameterWithoutValue(i);
      }
    }
  }

  /** Each piece has its share of the parameters. */
  @Override
  final DsqlStatement statementFor(ScriptPiece piece) throws SQLException {
    if (piece.isControl()) {
      return plainStatement();
    }
    DsqlPreparedStatement prepared = likeOwner(prepare(piece.sql()));
    prepared.streamBound = streamBound;
    int before = piece.parametersBefore();
    for (int i = 1; i <= piece.parameters(); i++) {
      prepared.bind(i, ShiftedBinding.of(parameters.binding(before + i), before));
    }
    return prepared;
  }

  /** Prepares a piece as the whole text was prepared. */
  DsqlPreparedStatement prepare(String piece) throws SQLException {
    return connection()
        .prepare(piece, (c, sql) -> (PreparedStatement) preparation().prepare(c, sql));
  }

  @Override
  final boolean executePiece(ScriptPiece piece, ReturnedKeys keys) throws SQLException {
    return execute();
  }

  @Override
  final void executePieceUpdate(ScriptPiece piece) throws SQLException {
    executeLargeUpdate();
  }

  @Override
  final List<ScriptPiece> batchPieces() {
    return Collections.nCopies(batch().size(), ScriptPiece.of(plan.sql()));
  }

  // -------------------- java.sql.PreparedStatement: executions

  @Override
  public ResultSet executeQuery() throws SQLException {
    return decorated(execute(QUERY, ReturnedKeys.NONE, ScriptResults::onlyRows));
  }

  @Override
  public int executeUpdate() throws SQLException {
    return execute(UPDATE, Script::executeUpdates, ScriptResults::firstCount);
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return execute(LARGE_UPDATE, Script::executeUpdates, ScriptResults::firstLargeCount);
  }

  @Override
  public boolean execute() throws SQLException {
    return execute(ANY, ReturnedKeys.NONE, ScriptResults::toFirst);
  }

  @Override
  public void addBatch() throws SQLException {
    failIfClosed();
    if (command.isScript()) {
      throw DsqlExceptions.scriptInBatch();
    }
    PlannedForm.Send form = connection().gate().admitToBatch(plan);
    if (command.isControl()) {
      makeBatchScript();
    } else if (batch().size() == 0) {
      connection().session().batched(form.sql());
    }
    batchStatement().addBatch();
    batch().add(parameters.captured());
    if (streamBound) {
      parameters.executed();
    }
  }

  // -------------------- java.sql.PreparedStatement: parameters

  /** Without a result to tell, the server has to. */
  private PreparedStatement described() throws SQLException {
    if (delegate().getResultSet() == null) {
      connection().session().usable();
      follow();
    }
    return delegate();
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    if (emulated == null) {
      return DsqlResultSetMetaData.of(connection(), described().getMetaData());
    }
    connection().session().usable();
    try (Statement answer = like(emulated.shape())) {
      return DsqlResultSetMetaData.of(connection(), ((PreparedStatement) answer).getMetaData());
    }
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    if (emulated == null) {
      return described().getParameterMetaData();
    }
    connection().session().usable();
    try (Statement keys = like(emulated.arguments())) {
      return ((PreparedStatement) keys).getParameterMetaData();
    }
  }

  @Override
  public void clearParameters() throws SQLException {
    bindOwn(PreparedStatement::clearParameters);
    parameters.clear();
    streamBound = false;
  }

  @Override
  public void setArray(int parameterIndex, Array x) throws SQLException {
    bind(
        parameterIndex,
        ArrayBinding.of(
            DsqlArray.undecorated(x),
            (statement, value) -> statement.setArray(parameterIndex, value)));
  }

  @Override
  public void setObject(int parameterIndex, Object x) throws SQLException {
    bindObject(
        parameterIndex, x, null, (statement, value) -> statement.setObject(parameterIndex, value));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType) throws SQLException {
    bindObject(
        parameterIndex,
        x,
        targetSqlType,
        (statement, value) -> statement.setObject(parameterIndex, value, targetSqlType));
  }

  @Override
  public void setObject(int parameterIndex, Object x, int targetSqlType, int scaleOrLength)
      throws SQLException {
    bindObject(
        parameterIndex,
        x,
        targetSqlType,
        (statement, value) ->
            statement.setObject(parameterIndex, value, targetSqlType, scaleOrLength));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType) throws SQLException {
    bindObject(
        parameterIndex,
        x,
        targetSqlType.getVendorTypeNumber(),
        (statement, value) -> statement.setObject(parameterIndex, value, targetSqlType));
  }

  @Override
  public void setObject(int parameterIndex, Object x, SQLType targetSqlType, int scaleOrLength)
      throws SQLException {
    bindObject(
        parameterIndex,
        x,
        targetSqlType.getVendorTypeNumber(),
        (statement, value) ->
            statement.setObject(parameterIndex, value, targetSqlType, scaleOrLength));
  }

  // -------------------- java.sql.PreparedStatement: parameters that can be read once

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setAsciiStream(parameterIndex, stream, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setAsciiStream(parameterIndex, stream, length));
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream x) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, stream) -> statement.setAsciiStream(parameterIndex, stream));
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setUnicodeStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, int length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream, length));
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream x) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, stream) -> statement.setBinaryStream(parameterIndex, stream));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream x, long length) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        length,
        (statement, stream) -> statement.setBlob(parameterIndex, stream, length));
  }

  @Override
  public void setBlob(int parameterIndex, InputStream x) throws SQLException {
    bindStream(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, stream) -> statement.setBlob(parameterIndex, stream));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x, int length) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        length,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        length,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setCharacterStream(parameterIndex, reader));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        length,
        (statement, reader) -> statement.setNCharacterStream(parameterIndex, reader, length));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setNCharacterStream(parameterIndex, reader));
  }

  @Override
  public void setClob(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        length,
        (statement, reader) -> statement.setClob(parameterIndex, reader, length));
  }

  @Override
  public void setClob(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setClob(parameterIndex, reader));
  }

  @Override
  public void setNClob(int parameterIndex, Reader x, long length) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        length,
        (statement, reader) -> statement.setNClob(parameterIndex, reader, length));
  }

  @Override
  public void setNClob(int parameterIndex, Reader x) throws SQLException {
    bindReader(
        parameterIndex,
        x,
        Long.MAX_VALUE,
        (statement, reader) -> statement.setNClob(parameterIndex, reader));
  }

  // -------------------- java.lang.Object

  @Override
  public String toString() {
    return delegate().toString();
  }
}
