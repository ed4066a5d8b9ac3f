package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.Executable;
import io.dsqlproxy.driver.execution.Operation;
import io.dsqlproxy.driver.execution.ScriptPiece;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.fences.RowObserver;
import io.dsqlproxy.driver.forwarding.ForwardingStatement;
import io.dsqlproxy.driver.journal.Batch;
import io.dsqlproxy.driver.journal.BatchUnit;
import io.dsqlproxy.driver.journal.ExecuteUnit;
import io.dsqlproxy.driver.journal.Execution;
import io.dsqlproxy.driver.journal.Parameters;
import io.dsqlproxy.driver.journal.QueryUnit;
import io.dsqlproxy.driver.journal.RowsRead;
import io.dsqlproxy.driver.journal.StatementSettings;
import io.dsqlproxy.driver.journal.StatementSettings.Name;
import io.dsqlproxy.driver.journal.StatementSettings.Setting;
import io.dsqlproxy.driver.journal.StatementUnit;
import io.dsqlproxy.driver.journal.StatementUnit.Invocation;
import io.dsqlproxy.driver.journal.UpdateUnit;
import io.dsqlproxy.rewriter.Effect;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.postgresql.PGStatement;
import org.postgresql.jdbc.PgStatement;

/**
 * A statement whose executions are planned and pass the gate, and whose results lead back to it.
 * Not safe for use by several threads at once except for {@link #cancel()}, like pgJDBC's.
 *
 * <p>It executes with a statement of pgJDBC's own. After a transaction was replayed it reports from
 * the statement that was executed in the replay, until it is executed again.
 */
class DsqlStatement extends ForwardingStatement implements Executable {

  static final Operation<DsqlStatement, ResultSet> QUERY =
      new Operation<>(
          (statement, form) -> statement.executeQuery(form.sql()), DsqlStatement::queryUnit);
  static final Operation<DsqlStatement, Integer> UPDATE =
      new Operation<>(
          (statement, form) -> statement.executeUpdate(form.sql()), DsqlStatement::updateUnit);
  static final Operation<DsqlStatement, Long> LARGE_UPDATE =
      new Operation<>(
          (statement, form) -> statement.executeLargeUpdate(form.sql()), DsqlStatement::updateUnit);
  static final Operation<DsqlStatement, Boolean> ANY =
      new Operation<>(
          (statement, form) -> statement.execute(form.sql()), DsqlStatement::executeUnit);
  private static final Operation<DsqlStatement, int[]> BATCH =
      new Operation<>((statement, form) -> statement.executeBatch(), DsqlStatement::batchUnit);
  private static final Operation<DsqlStatement, long[]> LARGE_BATCH =
      new Operation<>((statement, form) -> statement.executeLargeBatch(), DsqlStatement::batchUnit);

  private static final PlannedForm.Send BATCH_OF_STATEMENTS =
      new PlannedForm.Send("a batch of statements", List.of());

  private final DsqlConnection connection;
  private final Preparation<? extends Statement> preparation;
  private volatile Statement own;
  private volatile PhysicalConnection physical;
  private StatementSettings settings = StatementSettings.DEFAULT;
  private Batch batch = new Batch();
  private boolean executesBatch;
  private Batch executedInstead;
  private final ReplayedStatements replayed = new ReplayedStatements();
  private StatementUnit<?> executedLast;
  private DsqlResultSet lastResult;
  private DsqlResultSet lastKeys;
  private RowObserver nextObserver;
  private RowObserver observer;
  private StatementOrigin origin;

  /** The execution that was the last, if it was one piece by piece; or null. */
  private volatile Script script;

  /** Whether the batch holds transaction control, so that it is executed piece by piece. */
  private boolean batchIsScript;

  /** The application's statement, if this executes a piece for it; or null. */
  private DsqlStatement owner;

  /** A statement of its own on a physical connection, which can be made like this on another. */
  DsqlStatement(
      DsqlConnection connection,
      PhysicalConnection physical,
      Statement own,
      Preparation<? extends Statement> preparation) {
    this.connection = connection;
    this.physical = physical;
    this.own = own;
    this.preparation = preparation;
  }

  /** A statement inside pgJDBC, found through one of its results. */
  DsqlStatement(DsqlConnection connection, Statement own, DsqlResultSet result) {
    this(connection, null, own, null);
    this.lastResult = result;
  }

  /** What it executes with if there is one for every situation. */
  final Statement own() {
    return own;
  }

  /** What it reports from. */
  @Override
  protected Statement delegate() {
    Statement fromReplay = replayed.last();
    return fromReplay != null ? fromReplay : executedWith();
  }

  /** The one of its own statements that it executed with last. */
  Statement executedWith() {
    return own;
  }

  /** The statement that holds the batch. */
  Statement batchStatement() {
    return own;
  }

  /** Sets something on each of its own statements. */
  void applyToOwn(Setting setting) throws SQLException {
    setting.applyTo(own);
  }

  final DsqlConnection connection() {
    return connection;
  }

  final Preparation<? extends Statement> preparation() {
    return preparation;
  }

  final Batch batch() {
    return batch;
  }

  /** The decorated form of a result of this statement: the same one for the same result. */
  final DsqlResultSet decorated(ResultSet result) {
    if (result == null) {
      return null;
    }
    if (lastResult == null || !lastResult.decorates(result)) {
      lastResult = new DsqlResultSet(connection, this, result);
      lastResult.observe(observer);
      observer = null;
    }
    return lastResult;
  }

  /**
   * Executes a text.
   *
   * @param run executes its pieces, if it is a script; null if pgJDBC refuses to execute anything
   * @param answer what is given of their results
   */
  private <T> T execute(
      String sql, Operation<DsqlStatement, T> operation, Script.Run run, Answer<T> answer)
      throws SQLException {
    failIfClosed();
    TransactionCommand command = TransactionCommand.of(sql);
    if (command.isScript() && run != null) {
      return answer.of(executeScript(connection.piecesOf(sql), run));
    }
    return connection.execute(this, connection.plan(sql), command, operation);
  }

  private int executeUpdate(String sql, Execution<Integer> execution, ReturnedKeys keys)
      throws SQLException {
    Operation<DsqlStatement, Integer> operation =
        new Operation<>(execution, DsqlStatement::updateUnit);
    return execute(sql, operation, keys, ScriptResults::firstCount);
  }

  private long executeLargeUpdate(String sql, Execution<Long> execution, ReturnedKeys keys)
      throws SQLException {
    Operation<DsqlStatement, Long> operation =
        new Operation<>(execution, DsqlStatement::updateUnit);
    return execute(sql, operation, keys, ScriptResults::firstLargeCount);
  }

  private boolean executeAny(String sql, Execution<Boolean> execution, ReturnedKeys keys)
      throws SQLException {
    Operation<DsqlStatement, Boolean> operation =
        new Operation<>(execution, DsqlStatement::executeUnit);
    return execute(sql, operation, keys, ScriptResults::toFirst);
  }

  /** As pgJDBC does, and before anything else is done for the execution. */
  final void failIfClosed() throws SQLException {
    if (isClosed()) {
      executedWith().getMaxRows();
    }
  }

  // -------------------- scripts

  /**
   * What is given of the results of a script.
   *
   * @param <T> the answer
   */
  @FunctionalInterface
  interface Answer<T> {

    T of(ScriptResults results) throws SQLException;
  }

  /** Executes piece by piece; until the next execution the results are those of the pieces. */
  final ScriptResults executeScript(List<ScriptPiece> pieces, Script.Run run) throws SQLException {
    leaveReplay();
    applyToOwn(DsqlStatement::closeResultsOf);
    Script next = new Script(this);
    script = next;
    try {
      run.run(next, pieces);
      return next.results();
    } catch (SQLException | RuntimeException | Error failure) {
      leaveScript();
      throw failure;
    } finally {
      next.executed();
    }
  }

  private void leaveScript() throws SQLException {
    Script left = script;
    if (left != null) {
      script = null;
      left.close();
    }
  }

  private ScriptResults scriptResults() {
    Script now = script;
    return now == null ? null : now.results();
  }

  static void closeResultsOf(Statement statement) throws SQLException {
    while (statement.getMoreResults(CLOSE_ALL_RESULTS) || statement.getUpdateCount() != -1) {
      continue;
    }
  }

  /** A statement that executes a piece. */
  DsqlStatement statementFor(ScriptPiece piece) throws SQLException {
    return plainStatement();
  }

  /** A statement for any text, with what the application has set on this one. */
  final DsqlStatement plainStatement() throws SQLException {
    return likeOwner(
        isPrepared() || preparation == null
            ? connection.createPiece((c, text) -> c.createStatement())
            : connection.createPiece(preparation));
  }

  /** Gives a statement for a piece what the application has set on this one. */
  final <S extends DsqlStatement> S likeOwner(S piece) throws SQLException {
    DsqlStatement statement = piece;
    int threshold = own.unwrap(PGStatement.class).getPrepareThreshold();
    statement.owner = this;
    statement.settings = settings;
    statement.applyToOwn(settings::applyTo);
    statement.applyToOwn(own -> own.unwrap(PGStatement.class).setPrepareThreshold(threshold));
    return piece;
  }

  /** What the application knows as the statement of this one's results. */
  final DsqlStatement forApplication() {
    return owner == null ? this : owner;
  }

  /** Executes a piece, which may give anything. */
  boolean executePiece(ScriptPiece piece, ReturnedKeys keys) throws SQLException {
    return executeAny(piece.sql(), keys.execution(), keys);
  }

  /** Executes a piece that gives no rows. */
  void executePieceUpdate(ScriptPiece piece) throws SQLException {
    executeLargeUpdate(piece.sql());
  }

  final long queryTimeoutMillis() throws SQLException {
    return own.unwrap(PgStatement.class).getQueryTimeoutMs();
  }

  final void setQueryTimeoutMillis(long millis) throws SQLException {
    applyToOwn(statement -> statement.unwrap(PgStatement.class).setQueryTimeoutMs(millis));
  }

  /** What the batch is called in messages, and the form of its statements if they have one. */
  PlannedForm.Send batchForm() {
    return BATCH_OF_STATEMENTS;
  }

  /** What its entries may change. */
  Effect batchEffect() {
    return Effect.ANYTHING;
  }

  private <T> T executeBatch(Operation<DsqlStatement, T> operation, Function<long[], T> answer)
      throws SQLException {
    failIfClosed();
    try {
      if (batchIsScript) {
        return answer.apply(executeBatchScript());
      }
      executesBatch = true;
      return connection
          .gate()
          .executeBatch(this, batchForm(), batchEffect(), batch.size(), operation);
    } finally {
      executesBatch = false;
      batchIsScript = false;
      batch = new Batch();
    }
  }

  private long[] executeBatchScript() throws SQLException {
    batchStatement().clearBatch();
    AtomicReference<long[]> counts = new AtomicReference<>();
    executeScript(
        batchPieces(),
        (running, pieces) -> counts.set(new BatchScript(running, this, pieces).execute()));
    return counts.get();
  }

  /** The entries of the batch. */
  List<ScriptPiece> batchPieces() {
    return batch.texts().stream().map(ScriptPiece::of).toList();
  }

  /** The batch holds transaction control from now on. */
  final void makeBatchScript() {
    batchIsScript = true;
  }

  // -------------------- what the gate needs

  @Override
  public Statement ready(PlannedForm.Send form) throws SQLException {
    leaveReplay();
    follow();
    return own;
  }

  /**
   * Goes where the connection has gone: a statement of pgJDBC's belongs to one physical connection.
   * What it was given before the move is given to the new one.
   */
  final void follow() throws SQLException {
    if (!isLeftBehind() || own.isClosed()) {
      return;
    }
    PhysicalConnection now = connection.session().current();
    String obstacle = obstacleToRepeat();
    if (obstacle != null) {
      throw DsqlExceptions.statementLost(obstacle);
    }
    own = replaceOwn();
    physical = now;
  }

  /** Whether {@link #follow()} has something to do. */
  final boolean isLeftBehind() {
    return preparation != null && physical != connection.session().current();
  }

  /** Makes all its own statements anew; returns {@link #own()}. */
  Statement replaceOwn() throws SQLException {
    Statement fresh = anew(own, "");
    if (batch.size() > 0) {
      batch.addTo(fresh);
    }
    return fresh;
  }

  /** A statement like one of its own, on the physical connection of now, in the place of that. */
  final Statement anew(Statement old, String text) throws SQLException {
    Statement fresh = connection.prepareAgain(preparation, text);
    settings.applyTo(fresh);
    fresh
        .unwrap(PGStatement.class)
        .setPrepareThreshold(old.unwrap(PGStatement.class).getPrepareThreshold());
    if (old.isCloseOnCompletion()) {
      fresh.closeOnCompletion();
    }
    try {
      old.close();
    } catch (SQLException closedWithItsConnection) {
      return fresh;
    }
    return fresh;
  }

  final void leaveReplay() throws SQLException {
    leaveScript();
    observer = nextObserver;
    nextObserver = null;
    executedInstead = null;
    executedLast = null;
    replayed.close();
  }

  @Override
  public <T> Invocation<T> invocation(PlannedForm.Send form, Execution<T> execution) {
    if (origin == null) {
      origin = new StatementOrigin(this, preparation, isPrepared());
    }
    return new Invocation<>(origin, form, execution, parameters(), settings);
  }

  /** Whether it executes the same text each time. */
  @Override
  public boolean isPrepared() {
    return false;
  }

  /** The parameters of the execution that has just ended. */
  Parameters parameters() {
    return Parameters.NONE;
  }

  @Override
  public final boolean isForwardOnly() throws SQLException {
    return own.getResultSetType() == ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public final boolean isCutOff() throws SQLException {
    return own.getMaxRows() > 0;
  }

  @Override
  public final Batch batchToExecute() {
    return executesBatch ? batch : null;
  }

  @Override
  public final void executesInstead(Batch other) {
    executedInstead = other;
  }

  @Override
  public final void observe(RowObserver rows) {
    nextObserver = rows;
  }

  @Override
  public String obstacleToRepeat() {
    return batch.obstacle();
  }

  /** On another connection everything is given to it in any case. */
  @Override
  public void prepareToRepeat() throws SQLException {
    if (batch.size() > 0 && !isLeftBehind()) {
      batch.addTo(batchStatement());
    }
  }

  @Override
  public int queryTimeoutSeconds() throws SQLException {
    return Math.toIntExact((queryTimeoutMillis() + 999) / 1000);
  }

  /** Another statement of pgJDBC's for another text, with the settings of this one. */
  final Statement like(String text) throws SQLException {
    Statement another = connection.prepareAgain(preparation, text);
    try {
      settings.applyTo(another);
      return another;
    } catch (SQLException | RuntimeException | Error failure) {
      another.close();
      throw failure;
    }
  }

  /** Gives this statement's parameters to another one. */
  void bindLike(Statement another) throws SQLException {}

  // -------------------- what the journal needs

  /** Whether the statement is open, and this is what it executed last. */
  final boolean reportsOn(StatementUnit<?> unit) throws SQLException {
    return unit == executedLast && !isClosed();
  }

  /** What it reports about its last execution, until the next, is what another one reports. */
  final void reportFrom(Statement other) throws SQLException {
    replayed.reportFrom(other, executedLast);
  }

  @Override
  public void journaled(StatementUnit<?> unit) {
    executedLast = unit;
  }

  /** The last execution, if what is read of it belongs into the journal. */
  private StatementUnit<?> live() {
    StatementUnit<?> unit = executedLast;
    return unit != null && unit.isLive() ? unit : null;
  }

  StatementUnit<ResultSet> queryUnit(
      Invocation<ResultSet> invocation, Statement statement, ResultSet result) throws SQLException {
    if (result == null) {
      return new QueryUnit(invocation);
    }
    DsqlResultSet held = decorated(result);
    QueryUnit unit = new QueryUnit(invocation, held, result);
    held.record(unit.rows());
    return unit;
  }

  <N extends Number> StatementUnit<N> updateUnit(
      Invocation<N> invocation, Statement statement, N count) throws SQLException {
    return new UpdateUnit<>(invocation, count);
  }

  StatementUnit<Boolean> executeUnit(
      Invocation<Boolean> invocation, Statement statement, Boolean hasRows) throws SQLException {
    if (hasRows == null) {
      return new ExecuteUnit(invocation);
    }
    DsqlResultSet held = hasRows ? decorated(statement.getResultSet()) : null;
    ExecuteUnit unit = new ExecuteUnit(invocation, statement, held);
    if (held != null) {
      held.record(unit.rows());
    }
    return unit;
  }

  private <T> StatementUnit<T> batchUnit(Invocation<T> invocation, Statement statement, T counts) {
    return new BatchUnit<>(invocation, executedInstead != null ? executedInstead : batch, counts);
  }

  // -------------------- java.sql.Statement: executions

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return decorated(execute(sql, QUERY, ReturnedKeys.NONE, ScriptResults::onlyRows));
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return execute(sql, UPDATE, Script::executeUpdates, ScriptResults::firstCount);
  }

  @Override
  public int executeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
    return executeUpdate(
        sql,
        (statement, form) -> statement.executeUpdate(form.sql(), autoGeneratedKeys),
        ReturnedKeys.of(autoGeneratedKeys));
  }

  @Override
  public int executeUpdate(String sql, int[] columnIndexes) throws SQLException {
    return executeUpdate(
        sql,
        (statement, form) -> statement.executeUpdate(form.sql(), columnIndexes),
        ReturnedKeys.of(columnIndexes));
  }

  @Override
  public int executeUpdate(String sql, String[] columnNames) throws SQLException {
    return executeUpdate(
        sql,
        (statement, form) -> statement.executeUpdate(form.sql(), columnNames),
        ReturnedKeys.of(columnNames));
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return execute(sql, LARGE_UPDATE, Script::executeUpdates, ScriptResults::firstLargeCount);
  }

  @Override
  public long executeLargeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
    return executeLargeUpdate(
        sql,
        (statement, form) -> statement.executeLargeUpdate(form.sql(), autoGeneratedKeys),
        ReturnedKeys.of(autoGeneratedKeys));
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columnIndexes) throws SQLException {
    return executeLargeUpdate(
        sql,
        (statement, form) -> statement.executeLargeUpdate(form.sql(), columnIndexes),
        ReturnedKeys.of(columnIndexes));
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columnNames) throws SQLException {
    return executeLargeUpdate(
        sql,
        (statement, form) -> statement.executeLargeUpdate(form.sql(), columnNames),
        ReturnedKeys.of(columnNames));
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return execute(sql, ANY, ReturnedKeys.NONE, ScriptResults::toFirst);
  }

  @Override
  public boolean execute(String sql, int autoGeneratedKeys) throws SQLException {
    return executeAny(
        sql,
        (statement, form) -> statement.execute(form.sql(), autoGeneratedKeys),
        ReturnedKeys.of(autoGeneratedKeys));
  }

  @Override
  public boolean execute(String sql, int[] columnIndexes) throws SQLException {
    return executeAny(
        sql,
        (statement, form) -> statement.execute(form.sql(), columnIndexes),
        columnIndexes == null ? null : ReturnedKeys.of(columnIndexes));
  }

  @Override
  public boolean execute(String sql, String[] columnNames) throws SQLException {
    return executeAny(
        sql,
        (statement, form) -> statement.execute(form.sql(), columnNames),
        ReturnedKeys.of(columnNames));
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    failIfClosed();
    TransactionCommand command = TransactionCommand.of(sql);
    if (command.isScript()) {
      throw DsqlExceptions.scriptInBatch();
    }
    PlannedForm.Send form = connection.gate().admitToBatch(connection.plan(sql));
    connection.session().batched(form.sql());
    batchStatement().addBatch(form.sql());
    batch.add(form.sql());
    batchIsScript |= command.isControl();
  }

  @Override
  public void clearBatch() throws SQLException {
    batch = new Batch();
    batchIsScript = false;
    batchStatement().clearBatch();
  }

  @Override
  public int[] executeBatch() throws SQLException {
    return executeBatch(BATCH, BatchScript::ints);
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    return executeBatch(LARGE_BATCH, counts -> counts);
  }

  /** Stops what it executes, and the wait for its next execution. */
  @Override
  public void cancel() throws SQLException {
    executedWith().cancel();
    Statement other = replayed.last();
    if (other != null) {
      other.cancel();
    }
    Script now = script;
    if (now != null) {
      now.cancel();
    }
    connection.cancel(this);
  }

  // -------------------- java.sql.Statement: results

  @Override
  public ResultSet getResultSet() throws SQLException {
    ScriptResults results = scriptResults();
    return results != null ? results.rows() : decorated(delegate().getResultSet());
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    return getMoreResults(CLOSE_ALL_RESULTS);
  }

  @Override
  public int getUpdateCount() throws SQLException {
    ScriptResults results = scriptResults();
    return results != null ? results.count() : super.getUpdateCount();
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    ScriptResults results = scriptResults();
    return results != null ? results.largeCount() : super.getLargeUpdateCount();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    ScriptResults results = scriptResults();
    return results != null ? results.warnings() : super.getWarnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    ScriptResults results = scriptResults();
    if (results != null) {
      results.clearWarnings();
    }
    super.clearWarnings();
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    ScriptResults results = scriptResults();
    if (results != null) {
      return results.next(current);
    }
    Statement statement = delegate();
    boolean hasRows = statement.getMoreResults(current);
    if (replayed.last() != null) {
      executedLast.closeWithReplayed();
    }
    StatementUnit<?> unit = live();
    if (unit != null) {
      DsqlResultSet held = hasRows ? decorated(statement.getResultSet()) : null;
      RowsRead rows = unit.wentOn(statement, current, held);
      if (held != null) {
        held.record(rows);
      }
    }
    return hasRows;
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    ResultSet keys = delegate().getGeneratedKeys();
    if (lastKeys == null || !lastKeys.decorates(keys)) {
      lastKeys = new DsqlResultSet(connection, this, keys);
      StatementUnit<?> unit = live();
      if (unit != null && !keys.isClosed()) {
        lastKeys.record(unit.readsKeys(lastKeys, keys));
      }
    }
    return lastKeys;
  }

  // -------------------- java.sql.Statement: settings

  private void set(Name name, Setting setting) throws SQLException {
    applyToOwn(setting);
    settings = settings.with(name, setting);
  }

  @Override
  public void setMaxFieldSize(int max) throws SQLException {
    set(Name.MAX_FIELD_SIZE, statement -> statement.setMaxFieldSize(max));
  }

  @Override
  public void setMaxRows(int max) throws SQLException {
    set(Name.MAX_ROWS, statement -> statement.setMaxRows(max));
  }

  @Override
  public void setLargeMaxRows(long max) throws SQLException {
    set(Name.MAX_ROWS, statement -> statement.setLargeMaxRows(max));
  }

  @Override
  public void setEscapeProcessing(boolean enable) throws SQLException {
    set(Name.ESCAPE_PROCESSING, statement -> statement.setEscapeProcessing(enable));
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    set(Name.QUERY_TIMEOUT, statement -> statement.setQueryTimeout(seconds));
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    set(Name.CURSOR_NAME, statement -> statement.setCursorName(name));
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    set(Name.FETCH_DIRECTION, statement -> statement.setFetchDirection(direction));
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    set(Name.FETCH_SIZE, statement -> statement.setFetchSize(rows));
  }

  @Override
  public void setPoolable(boolean poolable) throws SQLException {
    set(Name.POOLABLE, statement -> statement.setPoolable(poolable));
  }

  @Override
  public int getMaxFieldSize() throws SQLException {
    return executedWith().getMaxFieldSize();
  }

  @Override
  public int getMaxRows() throws SQLException {
    return executedWith().getMaxRows();
  }

  @Override
  public long getLargeMaxRows() throws SQLException {
    return executedWith().getLargeMaxRows();
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    return executedWith().getQueryTimeout();
  }

  @Override
  public int getFetchDirection() throws SQLException {
    return executedWith().getFetchDirection();
  }

  @Override
  public int getFetchSize() throws SQLException {
    return executedWith().getFetchSize();
  }

  @Override
  public boolean isPoolable() throws SQLException {
    return executedWith().isPoolable();
  }

  // -------------------- java.sql.Statement: its life

  @Override
  public void closeOnCompletion() throws SQLException {
    applyToOwn(Statement::closeOnCompletion);
  }

  @Override
  public boolean isCloseOnCompletion() throws SQLException {
    return executedWith().isCloseOnCompletion();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return own.isClosed();
  }

  @Override
  public void close() throws SQLException {
    try {
      leaveReplay();
    } finally {
      applyToOwn(Statement::close);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    own.getConnection();
    return connection;
  }

  // -------------------- java.sql.Wrapper

  /** What can be reached through pgJDBC's own statement cannot be seen from here. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    T unwrapped = Unwrapping.unwrap(this, delegate(), type);
    if (unwrapped != this && type != PGStatement.class) {
      connection.gate().unwrapped(type);
    }
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate(), type);
  }
}
