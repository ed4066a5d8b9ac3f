package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Backoff;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.execution.Recoveries;
import io.dsqlproxy.driver.execution.Retries;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.forwarding.ForwardingConnection;
import io.dsqlproxy.driver.journal.SettingUnit;
import io.dsqlproxy.rewriter.Plan;
import io.dsqlproxy.rewriter.PlannedForm;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PSQLSavepoint;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to Aurora DSQL, on top of pgJDBC's. Everything that an application can reach from it
 * leads back to it, and not to pgJDBC's. As safe for use by many threads as pgJDBC's connection,
 * which lets one at a time talk to the server.
 */
public final class DsqlConnection extends ForwardingConnection {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.session");

  private final Connection delegate;
  private final PgConnection pg;
  private final ConnectionContext context;
  private final PgSession session;
  private final ExecutionGate gate;
  private final AtomicInteger savepoints = new AtomicInteger();
  private DsqlDatabaseMetaData metaData;

  private DsqlConnection(Connection delegate, PgConnection pg, ConnectionContext context) {
    this.delegate = delegate;
    this.pg = pg;
    this.context = context;
    this.session = new PgSession(pg);
    Backoff backoff = new Backoff();
    Retries retries = Retries.inRealTime(context.retryPolicy(), context.retryBudget(), backoff);
    Recoveries recoveries =
        new Recoveries(retries, backoff, context.retryMode(), context.statistics());
    this.gate =
        new ExecutionGate(session, recoveries, context.journalBytes(), context.statistics());
  }

  /**
   * Decorates a connection that pgJDBC opened.
   *
   * @throws SQLException if it was not opened by pgJDBC
   */
  public static Connection wrap(Connection pgConnection, ConnectionContext context)
      throws SQLException {
    return new DsqlConnection(pgConnection, pgConnection.unwrap(PgConnection.class), context);
  }

  /** pgJDBC sends statements of its own for many of the calls. */
  @Override
  protected Connection delegate() {
    session.disarmAutosave();
    return delegate;
  }

  ConnectionContext context() {
    return context;
  }

  PgSession session() {
    return session;
  }

  ExecutionGate gate() {
    return gate;
  }

  /** Plans a text. A null text fails as it does in pgJDBC. */
  Plan plan(String sql) throws SQLException {
    int nul = sql.indexOf('\0');
    if (nul >= 0) {
      throw DsqlExceptions.nulCharacter(nul);
    }
    return context.planner().plan(sql);
  }

  // -------------------- decoration

  /** Decorates the result of a statement that the application does not have. */
  ResultSet decorated(ResultSet result) {
    return result == null ? null : new DsqlResultSet(this, result);
  }

  Array decorated(Array array) {
    return array == null ? null : new DsqlArray(this, array);
  }

  /** Decorates a column's value if something leads back from it. */
  Object decorated(Object value) {
    if (value instanceof Array array) {
      return decorated(array);
    }
    if (value instanceof ResultSet result) {
      return decorated(result);
    }
    return value;
  }

  /** The same, unless the application asked for a type of pgJDBC's. */
  <T> T decorated(T value, Class<T> type) {
    Object decorated = decorated(value);
    return type.isInstance(decorated) ? type.cast(decorated) : value;
  }

  // -------------------- retries

  /**
   * Whether a transaction is open on this connection. {@link TransactionState#FAILED} too where the
   * server knows nothing of it any more, because a conflict that surfaced has ended it there, and
   * the application has yet to end it: until then nothing is executed.
   */
  public TransactionState getTransactionState() {
    return gate.isTransactionLost() ? TransactionState.FAILED : pg.getTransactionState();
  }

  /** What is run again after a conflict (SQLSTATE 40001). */
  public RetryMode getRetryMode() {
    return gate.retryMode();
  }

  /**
   * Sets what is run again after a conflict, for this connection and from now on. It overrides the
   * property {@code retryMode}. A transaction that is open will not be run again.
   */
  public void setRetryMode(RetryMode mode) {
    gate.setRetryMode(mode);
  }

  // -------------------- java.sql.Connection: statements

  /** A statement of pgJDBC's like one that the application has. */
  Statement prepareAgain(Preparation<? extends Statement> preparation, String text)
      throws SQLException {
    return preparation.prepare(delegate, text);
  }

  @Override
  public Statement createStatement() throws SQLException {
    return create((c, text) -> c.createStatement());
  }

  @Override
  public Statement createStatement(int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return create((c, text) -> c.createStatement(resultSetType, resultSetConcurrency));
  }

  @Override
  public Statement createStatement(
      int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
    return create(
        (c, text) -> c.createStatement(resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  private Statement create(Preparation<Statement> preparation) throws SQLException {
    return new DsqlStatement(this, preparation.prepare(delegate, ""), preparation);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return prepare(sql, Connection::prepareStatement);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
    return prepare(sql, (c, text) -> c.prepareStatement(text, autoGeneratedKeys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
    return prepare(sql, (c, text) -> c.prepareStatement(text, columnIndexes));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
    return prepare(sql, (c, text) -> c.prepareStatement(text, columnNames));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return prepare(sql, (c, text) -> c.prepareStatement(text, resultSetType, resultSetConcurrency));
  }

  @Override
  public PreparedStatement prepareStatement(
      String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability)
      throws SQLException {
    return prepare(
        sql,
        (c, text) ->
            c.prepareStatement(text, resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  private PreparedStatement prepare(String sql, Preparation<PreparedStatement> preparation)
      throws SQLException {
    Plan plan = plan(sql);
    PlannedForm autocommit = plan.autocommit();
    PlannedForm inTransaction = plan.inTransaction();
    if (autocommit instanceof PlannedForm.Send alone
        && inTransaction instanceof PlannedForm.Send within
        && !alone.sql().equals(within.sql())) {
      return prepareBoth(plan, alone.sql(), within.sql(), preparation);
    }
    PlannedForm sent = autocommit instanceof PlannedForm.Send ? autocommit : inTransaction;
    String text = gate.admitToPrepare(plan, sent).sql();
    PreparedStatement own = preparation.prepare(delegate, emulated(text) ? "" : text);
    return new DsqlPreparedStatement(this, own, plan, preparation);
  }

  /** What is never sent is prepared as an empty statement, which gives the same answers. */
  private boolean emulated(String sql) {
    return switch (TransactionCommand.of(sql).kind()) {
      case SAVEPOINT, RELEASE, ROLLBACK_TO -> gate.hasSavepoints();
      case SET_TRANSACTION -> true;
      default -> false;
    };
  }

  private PreparedStatement prepareBoth(
      Plan plan, String alone, String within, Preparation<PreparedStatement> preparation)
      throws SQLException {
    PreparedStatement autocommit = preparation.prepare(delegate, alone);
    try {
      PreparedStatement inTransaction = preparation.prepare(delegate, within);
      return new TwoFormPreparedStatement(this, autocommit, inTransaction, plan, preparation);
    } catch (SQLException e) {
      autocommit.close();
      throw e;
    }
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return prepareCall(sql, Connection::prepareCall);
  }

  @Override
  public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency)
      throws SQLException {
    return prepareCall(sql, (c, text) -> c.prepareCall(text, resultSetType, resultSetConcurrency));
  }

  @Override
  public CallableStatement prepareCall(
      String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability)
      throws SQLException {
    return prepareCall(
        sql,
        (c, text) ->
            c.prepareCall(text, resultSetType, resultSetConcurrency, resultSetHoldability));
  }

  /** A call always has the form of a transaction, which is safe in every situation. */
  private CallableStatement prepareCall(String sql, Preparation<CallableStatement> preparation)
      throws SQLException {
    Plan plan = plan(sql);
    PlannedForm form = ExecutionGate.locked(gate.admitToPrepare(plan, plan.inTransaction()));
    String text = gate.admitToPrepare(plan, form).sql();
    return new DsqlCallableStatement(
        this, preparation.prepare(delegate, text), new Plan(plan.sql(), form, form), preparation);
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return delegate.nativeSQL(gate.formNow(plan(sql)).sql());
  }

  // -------------------- java.sql.Connection: the end of a transaction

  @Override
  public void commit() throws SQLException {
    gate.commit(delegate()::commit);
  }

  @Override
  public void rollback() throws SQLException {
    gate.rollBack(delegate()::rollback);
  }

  /** Switched on inside a transaction, it commits. */
  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    Connection pgConnection = delegate();
    if (autoCommit && !pgConnection.getAutoCommit()) {
      gate.commit(() -> pgConnection.setAutoCommit(true));
    } else {
      pgConnection.setAutoCommit(autoCommit);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      delegate.close();
    } finally {
      gate.closed();
    }
  }

  // -------------------- java.sql.Connection: what a failed transaction takes back

  @Override
  public void setSchema(String schema) throws SQLException {
    Connection pgConnection = delegate();
    gate.setSearchPath("setSchema", () -> pgConnection.setSchema(schema));
  }

  /** A query, with which pgJDBC begins a transaction. */
  @Override
  public String getSchema() throws SQLException {
    Connection pgConnection = delegate();
    AtomicReference<String> schema = new AtomicReference<>();
    gate.set("getSchema", () -> schema.set(pgConnection.getSchema()));
    return schema.get();
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    Connection pgConnection = delegate();
    setClientInfo(() -> pgConnection.setClientInfo(name, value));
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    Connection pgConnection = delegate();
    Properties copy = new Properties();
    properties.stringPropertyNames().forEach(k -> copy.setProperty(k, properties.getProperty(k)));
    setClientInfo(() -> pgConnection.setClientInfo(copy));
  }

  private void setClientInfo(SettingUnit.Change change) throws SQLClientInfoException {
    try {
      gate.set("setClientInfo", change);
    } catch (SQLClientInfoException e) {
      throw e;
    } catch (SQLException e) {
      throw new SQLClientInfoException(
          e.getMessage(), e.getSQLState(), e.getErrorCode(), Map.of(), e);
    }
  }

  // -------------------- java.sql.Connection: objects that lead back

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    DatabaseMetaData pgMetaData = delegate.getMetaData();
    if (metaData == null) {
      metaData = new DsqlDatabaseMetaData(this, pgMetaData);
    }
    return metaData;
  }

  @Override
  public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
    return decorated(delegate().createArrayOf(typeName, elements));
  }

  // -------------------- java.sql.Connection: what Aurora DSQL does not have

  /**
   * Absorbed if the server already gives as much, so that pools and frameworks can set the level
   * that they are used to. What is really in force is what {@link #getTransactionIsolation()} says.
   */
  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (!isLevel(level) || session.isTransactionOpen()) {
      delegate().setTransactionIsolation(level);
    } else if (level == TRANSACTION_SERIALIZABLE) {
      setSerializable();
    } else {
      atLeast(level);
    }
  }

  private static boolean isLevel(int level) {
    return level == TRANSACTION_READ_UNCOMMITTED
        || level == TRANSACTION_READ_COMMITTED
        || level == TRANSACTION_REPEATABLE_READ
        || level == TRANSACTION_SERIALIZABLE;
  }

  /** JDBC's levels are numbered from the weakest. */
  private void atLeast(int level) throws SQLException {
    if (getTransactionIsolation() < level) {
      delegate().setTransactionIsolation(level);
    }
  }

  private void setSerializable() throws SQLException {
    if (getTransactionIsolation() == TRANSACTION_SERIALIZABLE) {
      return;
    }
    if (!context.allowWeakerIsolation()) {
      throw DsqlExceptions.serializableRefused();
    }
    atLeast(TRANSACTION_REPEATABLE_READ);
    LOG.info("SERIALIZABLE was asked for, REPEATABLE READ is in force (allowWeakerIsolation)");
    pg.addWarning(
        new SQLWarning("REPEATABLE READ is in force, SERIALIZABLE was asked for", "01000"));
  }

  // -------------------- java.sql.Connection: savepoints

  @Override
  public Savepoint setSavepoint() throws SQLException {
    if (delegate().getAutoCommit()) {
      return delegate.setSavepoint();
    }
    return set(new PSQLSavepoint(savepoints.getAndIncrement()));
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    if (delegate().getAutoCommit()) {
      return delegate.setSavepoint(name);
    }
    return set(new PSQLSavepoint(name));
  }

  private Savepoint set(PSQLSavepoint savepoint) throws SQLException {
    failWithoutSavepoints();
    gate.setSavepoint(nameOf(savepoint));
    return savepoint;
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    failOnceClosed();
    failWithoutSavepoints();
    gate.rollBackTo(nameOf(savepoint));
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    failOnceClosed();
    failWithoutSavepoints();
    gate.releaseSavepoint(nameOf(savepoint));
    ((PSQLSavepoint) savepoint).invalidate();
  }

  private void failOnceClosed() throws SQLException {
    delegate().getAutoCommit();
  }

  private void failWithoutSavepoints() throws SQLException {
    if (!gate.hasSavepoints()) {
      throw DsqlExceptions.savepointRefused();
    }
  }

  /** As pgJDBC names it in the statements that it sends. */
  private static String nameOf(Savepoint savepoint) throws SQLException {
    if (savepoint instanceof PSQLSavepoint known) {
      return TransactionCommand.of("SAVEPOINT " + known.getPGName()).name();
    }
    throw DsqlExceptions.foreignSavepoint();
  }

  // -------------------- java.sql.Wrapper

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    T unwrapped = Unwrapping.unwrap(this, delegate, type);
    if (unwrapped != this) {
      gate.unwrapped(type);
    }
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate, type);
  }

  // -------------------- java.lang.Object

  @Override
  public String toString() {
    return "DsqlConnection on " + delegate;
  }
}
