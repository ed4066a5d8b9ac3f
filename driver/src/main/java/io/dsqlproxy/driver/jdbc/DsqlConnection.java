package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.Backoff;
import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ExecutionGate;
import io.dsqlproxy.driver.execution.Operation;
import io.dsqlproxy.driver.execution.Recoveries;
import io.dsqlproxy.driver.execution.Retries;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.ScriptPiece;
import io.dsqlproxy.driver.execution.SessionGuard;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.forwarding.ForwardingConnection;
import io.dsqlproxy.driver.journal.Unit;
import io.dsqlproxy.driver.locks.HeldLock;
import io.dsqlproxy.driver.locks.LockAccess;
import io.dsqlproxy.driver.locks.SessionLocks;
import io.dsqlproxy.driver.session.SessionState.ClientSetting;
import io.dsqlproxy.driver.session.SessionState.Setting;
import io.dsqlproxy.rewriter.LockRequest;
import io.dsqlproxy.rewriter.LockedRows;
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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PSQLSavepoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to Aurora DSQL, on top of pgJDBC's. Everything that an application can reach from it
 * leads back to it, and not to pgJDBC's. As safe for use by many threads as pgJDBC's connection,
 * which lets one at a time talk to the server.
 */
public final class DsqlConnection extends ForwardingConnection {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.session");

  private final ConnectionContext context;
  private final PgSession session;
  private final SessionLocks locks;
  private final ExecutionGate gate;
  private final EmulatedLocks emulatedLocks;
  private final EmulatedSettings emulatedSettings;
  private final AtomicInteger savepoints = new AtomicInteger();
  private DsqlDatabaseMetaData metaData;

  private DsqlConnection(
      PhysicalConnection first, ConnectionContext context, Renewal renewal, LockAccess lockAccess)
      throws SQLException {
    this.context = context;
    this.session = new PgSession(first, renewal, context.statistics());
    Backoff backoff = new Backoff();
    Retries retries = Retries.inRealTime(context.retryPolicy(), context.retryBudget(), backoff);
    Recoveries recoveries =
        new Recoveries(retries, backoff, context.retryMode(), context.statistics());
    this.locks = lockAccess == null ? null : lockAccess.of(session);
    this.gate =
        new ExecutionGate(
            session,
            recoveries,
            context.journalBytes(),
            locks == null ? SessionGuard.NONE : locks,
            context.failedCommit(),
            context.statistics());
    this.emulatedLocks = locks == null ? null : new EmulatedLocks(gate, session, locks);
    this.emulatedSettings = new EmulatedSettings(gate, session);
  }

  /**
   * Decorates a connection that pgJDBC opened, and that no other ever takes the place of.
   *
   * @throws SQLException if it was not opened by pgJDBC
   */
  public static Connection wrap(Connection pgConnection, ConnectionContext context)
      throws SQLException {
    return wrap(pgConnection, context, Renewal.NONE, null);
  }

  /**
   * Decorates a connection that pgJDBC has just opened.
   *
   * @param renewal when another takes its place
   * @param lockAccess where emulated locks are; null if none are emulated
   * @throws SQLException if it was not opened by pgJDBC
   */
  public static Connection wrap(
      Connection pgConnection, ConnectionContext context, Renewal renewal, LockAccess lockAccess)
      throws SQLException {
    PhysicalConnection first = new PhysicalConnection(pgConnection, renewal);
    return new DsqlConnection(first, context, renewal, lockAccess);
  }

  /** pgJDBC sends statements of its own for many of the calls. */
  @Override
  protected Connection delegate() throws SQLException {
    Connection usable = session.usable().connection();
    session.disarmAutosave();
    return usable;
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

  /** Executes a statement. */
  <T> T execute(
      DsqlStatement statement,
      Plan plan,
      TransactionCommand command,
      Operation<DsqlStatement, T> operation)
      throws SQLException {
    if (!(plan.inTransaction() instanceof PlannedForm.Emulate form)) {
      return gate.execute(statement, plan, command, operation);
    }
    if (form.request() instanceof LockedRows rows) {
      return emulatedLocks.execute(statement, plan, rows, form.findings(), operation);
    }
    return form.request() instanceof LockRequest lock
        ? emulatedLocks.execute(statement, plan, lock, form.findings(), operation)
        : emulatedSettings.execute(statement, plan, form, operation);
  }

  /** Ends what a statement waits for before it is executed, or executed again. */
  void cancel(DsqlStatement statement) throws SQLException {
    gate.cancel(statement);
    if (emulatedLocks != null) {
      emulatedLocks.cancel(statement);
    }
  }

  /** Only the end of the transaction is possible, if one is open. */
  void failTransaction(DsqlStatement statement, SQLException failure) throws SQLException {
    gate.attempt(
        statement,
        () -> {
          throw failure;
        });
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

  // -------------------- locks

  /**
   * The emulated advisory locks that the session holds until it gives them back, in no order, with
   * their fencing numbers; locks that it has lost are among them. Empty if none are emulated.
   */
  public List<HeldLock> getAdvisoryLocks() {
    return locks == null ? List.of() : locks.held();
  }

  // -------------------- retries

  /**
   * Whether a transaction is open on this connection. {@link TransactionState#FAILED} too where the
   * server knows nothing of it any more, because a conflict that surfaced has ended it there, and
   * the application has yet to end it: until then nothing is executed.
   */
  public TransactionState getTransactionState() {
    return gate.isTransactionLost() ? TransactionState.FAILED : session.transactionState();
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
    return preparation.prepare(session.current().connection(), text);
  }

  /** Where a statement is made. The transaction of a connection that is lost goes on there. */
  private PhysicalConnection usable() throws SQLException {
    if (session.isLost() && session.isTransactionOpen()) {
      gate.attempt(null, this::failIfLost);
    }
    return session.usable();
  }

  private Unit failIfLost() throws SQLException {
    session.current().pg().getAutoCommit();
    return null;
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
    return createPiece(preparation);
  }

  // -------------------- texts of several statements with transaction control

  /**
   * The pieces of a script, none of which is refused.
   *
   * @throws SQLException if one of them is, or where they end is not certain
   */
  List<ScriptPiece> piecesOf(String script) throws SQLException {
    if (!session.current().pg().getStandardConformingStrings()) {
      throw DsqlExceptions.scriptWithEscapes();
    }
    List<ScriptPiece> pieces = ScriptPiece.piecesOf(script);
    for (ScriptPiece piece : pieces) {
      Plan plan = plan(piece.sql());
      if (!(plan.inTransaction() instanceof PlannedForm.Emulate)) {
        gate.admitToPrepare(plan, plan.inTransaction());
      }
    }
    return pieces;
  }

  /** A statement that executes a piece. */
  DsqlStatement createPiece(Preparation<? extends Statement> preparation) throws SQLException {
    PhysicalConnection physical = usable();
    Statement own = preparation.prepare(physical.connection(), "");
    return new DsqlStatement(this, physical, own, preparation);
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

  DsqlPreparedStatement prepare(String sql, Preparation<PreparedStatement> preparation)
      throws SQLException {
    if (TransactionCommand.of(sql).isScript()) {
      piecesOf(sql);
      PhysicalConnection physical = usable();
      PreparedStatement own = preparation.prepare(physical.connection(), sql);
      return new DsqlPreparedStatement(this, physical, own, Plan.unchanged(sql), preparation, sql);
    }
    Plan plan = plan(sql);
    PlannedForm autocommit = plan.autocommit();
    PlannedForm inTransaction = plan.inTransaction();
    if (autocommit instanceof PlannedForm.Send alone
        && inTransaction instanceof PlannedForm.Send within
        && !alone.sql().equals(within.sql())) {
      return prepareBoth(plan, alone.sql(), within.sql(), preparation);
    }
    if (inTransaction instanceof PlannedForm.Emulate form) {
      // It holds the application's parameters, and is sent only if it is empty.
      String text = form.request().shape().isEmpty() ? "" : sql;
      PhysicalConnection physical = usable();
      PreparedStatement own = preparation.prepare(physical.connection(), text);
      return new DsqlPreparedStatement(this, physical, own, plan, preparation, text);
    }
    PlannedForm sent = autocommit instanceof PlannedForm.Send ? autocommit : inTransaction;
    String text = gate.admitToPrepare(plan, sent).sql();
    String prepared = emulated(text) ? "" : text;
    PhysicalConnection physical = usable();
    PreparedStatement own = preparation.prepare(physical.connection(), prepared);
    return new DsqlPreparedStatement(this, physical, own, plan, preparation, prepared);
  }

  /** What is never sent is prepared as an empty statement, which gives the same answers. */
  private boolean emulated(String sql) {
    return switch (TransactionCommand.of(sql).kind()) {
      case SAVEPOINT, RELEASE, ROLLBACK_TO -> gate.hasSavepoints();
      case SET_TRANSACTION -> true;
      default -> false;
    };
  }

  private DsqlPreparedStatement prepareBoth(
      Plan plan, String alone, String within, Preparation<PreparedStatement> preparation)
      throws SQLException {
    PhysicalConnection physical = usable();
    PreparedStatement autocommit = preparation.prepare(physical.connection(), alone);
    try {
      PreparedStatement inTransaction = preparation.prepare(physical.connection(), within);
      return new TwoFormPreparedStatement(
          this, physical, autocommit, inTransaction, plan, preparation);
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
  DsqlCallableStatement prepareCall(String sql, Preparation<CallableStatement> preparation)
      throws SQLException {
    boolean script = TransactionCommand.of(sql).isScript();
    if (script) {
      piecesOf(sql);
    }
    Plan plan = script ? Plan.unchanged(sql) : plan(sql);
    PlannedForm planned = plan.inTransaction();
    boolean emulated = planned instanceof PlannedForm.Emulate;
    PlannedForm form =
        emulated ? planned : ExecutionGate.locked(gate.admitToPrepare(plan, planned));
    String text = emulated ? sql : gate.admitToPrepare(plan, form).sql();
    PhysicalConnection physical = usable();
    CallableStatement own = preparation.prepare(physical.connection(), text);
    Plan inTransaction = new Plan(plan.sql(), form, form);
    return new DsqlCallableStatement(this, physical, own, inTransaction, preparation, text);
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    Plan plan = plan(sql);
    return delegate()
        .nativeSQL(
            plan.inTransaction() instanceof PlannedForm.Emulate ? sql : gate.formNow(plan).sql());
  }

  // -------------------- java.sql.Connection: the end of a transaction

  @Override
  public void commit() throws SQLException {
    gate.commit(() -> delegate().commit());
  }

  @Override
  public void rollback() throws SQLException {
    gate.rollBack(() -> delegate().rollback());
  }

  /** Switched on inside a transaction, it commits. */
  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    try {
      if (autoCommit && !session.isAutoCommit()) {
        gate.commit(() -> delegate().setAutoCommit(true));
      } else {
        delegate().setAutoCommit(autoCommit);
      }
    } catch (SQLException failure) {
      session.autoCommitAfterFailure(autoCommit);
      throw failure;
    }
    session.autoCommit(autoCommit);
  }

  // -------------------- java.sql.Connection: what another physical connection is given

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    set(ClientSetting.READ_ONLY, to -> to.setReadOnly(readOnly));
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    set(ClientSetting.HOLDABILITY, to -> to.setHoldability(holdability));
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    set(ClientSetting.TYPE_MAP, to -> to.setTypeMap(map));
  }

  /** The application may change the map. */
  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    Map<String, Class<?>> map = delegate().getTypeMap();
    session.state().set(ClientSetting.TYPE_MAP, to -> to.setTypeMap(map));
    return map;
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    set(ClientSetting.NETWORK_TIMEOUT, to -> to.setNetworkTimeout(executor, milliseconds));
  }

  private void set(ClientSetting name, Setting setting) throws SQLException {
    setting.applyTo(delegate());
    session.state().set(name, setting);
  }

  // -------------------- java.sql.Connection: the end of the session

  /** Gives back the locks of the session, as the server would. */
  @Override
  public void close() throws SQLException {
    session.close();
    try {
      if (locks != null) {
        locks.close();
      }
    } finally {
      closeSession();
    }
  }

  private void closeSession() throws SQLException {
    try {
      session.current().connection().close();
    } finally {
      session.closeLeft();
      gate.closed();
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    if (executor != null) {
      session.close();
    }
    session.current().connection().abort(executor);
    gate.closed();
    if (locks != null) {
      executor.execute(locks::close);
    }
  }

  /** False as long as another physical connection can take the place of one that is lost. */
  @Override
  public boolean isClosed() throws SQLException {
    return session.current().connection().isClosed()
        && !(session.isLost() && session.state().obstacle() == null);
  }

  /**
   * False for a physical connection that is lost, or that is old while no transaction is open, so
   * that a pool replaces it.
   */
  @Override
  public boolean isValid(int timeout) throws SQLException {
    if (timeout >= 0 && session.isRetired()) {
      return false;
    }
    session.disarmAutosave();
    return session.current().connection().isValid(timeout);
  }

  // -------------------- java.sql.Connection: what a failed transaction takes back

  @Override
  public void setSchema(String schema) throws SQLException {
    gate.setSearchPath("setSchema", () -> delegate().setSchema(schema));
    session.state().set("search_path", to -> to.setSchema(schema), session.isTransactionOpen());
  }

  @Override
  public String getSchema() throws SQLException {
    return gate.ask(() -> delegate().getSchema());
  }

  @Override
  public String getCatalog() throws SQLException {
    return gate.ask(() -> delegate().getCatalog());
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    setClientInfo(to -> to.setClientInfo(name, value));
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    Properties copy = new Properties();
    properties.stringPropertyNames().forEach(k -> copy.setProperty(k, properties.getProperty(k)));
    setClientInfo(to -> to.setClientInfo(copy));
  }

  private void setClientInfo(Setting setting) throws SQLClientInfoException {
    try {
      gate.set("setClientInfo", () -> setting.applyTo(delegate()));
      session.state().set("application_name", setting, session.isTransactionOpen());
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
    PhysicalConnection physical = session.usable();
    DatabaseMetaData pgMetaData = physical.connection().getMetaData();
    if (metaData == null) {
      metaData = new DsqlDatabaseMetaData(this, physical, pgMetaData);
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
      session
          .state()
          .set("default_transaction_isolation", to -> to.setTransactionIsolation(level), false);
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
    session
        .current()
        .pg()
        .addWarning(
            new SQLWarning("REPEATABLE READ is in force, SERIALIZABLE was asked for", "01000"));
  }

  // -------------------- java.sql.Connection: savepoints

  @Override
  public Savepoint setSavepoint() throws SQLException {
    if (delegate().getAutoCommit()) {
      return delegate().setSavepoint();
    }
    return set(new PSQLSavepoint(savepoints.getAndIncrement()));
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    if (delegate().getAutoCommit()) {
      return delegate().setSavepoint(name);
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
    T unwrapped = Unwrapping.unwrap(this, delegate(), type);
    if (unwrapped != this) {
      gate.unwrapped(type);
    }
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate(), type);
  }

  // -------------------- java.lang.Object

  @Override
  public String toString() {
    return "DsqlConnection on " + session.current().connection();
  }
}
