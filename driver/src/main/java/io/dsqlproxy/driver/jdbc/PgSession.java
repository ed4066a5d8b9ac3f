package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.execution.DsqlExceptions;
import io.dsqlproxy.driver.execution.ReconnectMode;
import io.dsqlproxy.driver.execution.Session;
import io.dsqlproxy.driver.execution.TransactionCommand;
import io.dsqlproxy.driver.observation.DriverStatistics;
import io.dsqlproxy.driver.session.SessionState;
import io.dsqlproxy.rewriter.analysis.TransactionModes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session of one connection: the state of the protocol, as pgJDBC keeps it, and the physical
 * connection that it uses at this moment. As safe for use by many threads as the connection.
 */
final class PgSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.session");

  /** After this time it is tried again to replace a connection that is old. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What the server reports and a connection cannot set, or that two servers may differ in. */
  private static final Set<String> OF_THE_SERVER =
      Set.of("server_version", "in_hot_standby", "integer_datetimes");

  private final Renewal renewal;
  private final boolean on;
  private final DriverStatistics statistics;
  private final SessionState state = new SessionState();
  private final ReentrantLock moving = new ReentrantLock();
  private final Queue<PhysicalConnection> left = new ConcurrentLinkedQueue<>();

  private volatile PhysicalConnection current;

  /** The connection whose transaction is over although pgJDBC does not know it; or null. */
  private volatile PhysicalConnection forgotten;

  /** What the server had reported of its parameters before the open transaction. */
  private volatile Map<String, String> reported = Map.of();

  private volatile boolean closed;
  private volatile boolean autoCommit;

  PgSession(PhysicalConnection first, Renewal renewal, DriverStatistics statistics)
      throws SQLException {
    this.current = first;
    this.renewal = renewal;
    this.on = renewal.mode() != ReconnectMode.NEVER;
    this.statistics = statistics;
    this.autoCommit = first.pg().getAutoCommit();
    if (on) {
      noteParameters();
    }
  }

  /** The physical connection of this moment. */
  PhysicalConnection current() {
    return current;
  }

  /** The same, or the one that takes its place if it is lost and no transaction is open. */
  PhysicalConnection usable() throws SQLException {
    if (on && isLost() && !isTransactionOpen()) {
      move();
    }
    return current;
  }

  /** What the application has set. */
  SessionState state() {
    return state;
  }

  /** The application has closed the connection: no other takes its place. */
  void close() {
    closed = true;
  }

  /** Whether the application has switched autocommit on, which a lost connection cannot tell. */
  boolean isAutoCommit() throws SQLException {
    return isLost() ? autoCommit : current.pg().getAutoCommit();
  }

  /** What the application has chosen, for when pgJDBC cannot be asked any more. */
  void autoCommit(boolean value) {
    autoCommit = value;
    state.set(SessionState.ClientSetting.AUTO_COMMIT, to -> to.setAutoCommit(value));
  }

  /**
   * A change of autocommit failed. pgJDBC may have made it all the same, after a COMMIT that rolled
   * back for instance. If the connection is lost, the next one gets what the application asked for:
   * in autocommit no statement waits for a COMMIT that the application does not send.
   *
   * @param asked what the application asked for
   */
  void autoCommitAfterFailure(boolean asked) {
    boolean inForce = asked;
    try {
      inForce = current.pg().getAutoCommit();
    } catch (SQLException closed) {
      LOG.debug("The connection is lost: autocommit will be {} on the next one", asked);
    }
    autoCommit(inForce);
  }

  // -------------------- the state of the protocol

  @Override
  public boolean inTransaction() throws SQLException {
    disarmAutosave();
    return isTransactionOpen() || !isAutoCommit();
  }

  @Override
  public boolean isTransactionOpen() {
    return transactionState() != TransactionState.IDLE;
  }

  @Override
  public boolean isTransactionFailed() {
    return transactionState() == TransactionState.FAILED;
  }

  TransactionState transactionState() {
    PhysicalConnection physical = current;
    return physical == forgotten ? TransactionState.IDLE : physical.pg().getTransactionState();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return current.pg().isClosed();
  }

  @Override
  public PreparedStatement prepare(String sql) throws SQLException {
    return current.pg().prepareStatement(sql);
  }

  /**
   * Whether the session acts for this role already: on Aurora DSQL that is the role of the login,
   * unless {@code SET LOCAL ROLE} has changed it for the open transaction.
   *
   * @param role empty for that of the login
   */
  boolean hasRole(String role) throws SQLException {
    if (!role.isEmpty() && !role.equals(usable().pg().getMetaData().getUserName())) {
      return false;
    }
    if (!isTransactionOpen()) {
      return true;
    }
    try (PreparedStatement query = prepare("SELECT current_user = session_user");
        ResultSet same = query.executeQuery()) {
      return same.next() && same.getBoolean(1);
    }
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return current.pg().isReadOnly();
  }

  @Override
  public boolean has(List<TransactionModes.Kind> modes) throws SQLException {
    for (TransactionModes.Kind mode : modes) {
      if (!has(mode)) {
        return false;
      }
    }
    return true;
  }

  private boolean has(TransactionModes.Kind mode) throws SQLException {
    return switch (mode) {
      case READ_UNCOMMITTED -> isAtLeast(Connection.TRANSACTION_READ_UNCOMMITTED);
      case READ_COMMITTED -> isAtLeast(Connection.TRANSACTION_READ_COMMITTED);
      case REPEATABLE_READ -> isAtLeast(Connection.TRANSACTION_REPEATABLE_READ);
      case SERIALIZABLE -> isAtLeast(Connection.TRANSACTION_SERIALIZABLE);
      case READ_ONLY -> isTransactionReadOnly();
      case READ_WRITE -> !isTransactionReadOnly();
      // Nothing of a transaction below SERIALIZABLE can be deferred.
      case DEFERRABLE, NOT_DEFERRABLE -> true;
    };
  }

  /** JDBC's levels are numbered from the weakest. */
  private boolean isAtLeast(int level) throws SQLException {
    return current.pg().getTransactionIsolation() >= level;
  }

  private boolean isTransactionReadOnly() throws SQLException {
    try (Statement statement = current.pg().createStatement();
        ResultSet shown = statement.executeQuery("SHOW transaction_read_only")) {
      return shown.next() && shown.getString(1).equals("on");
    }
  }

  /** In autocommit pgJDBC puts no BEGIN of its own in front, and switching it on sends nothing. */
  @Override
  public void begin(List<TransactionModes.Kind> modes) throws SQLException {
    rollBack();
    PgConnection pg = current.pg();
    boolean autocommit = pg.getAutoCommit();
    pg.setAutoCommit(true);
    try (Statement statement = pg.createStatement()) {
      statement.execute(
          modes.stream()
              .filter(mode -> mode.compareTo(TransactionModes.Kind.DEFERRABLE) < 0)
              .map(TransactionModes.Kind::sql)
              .collect(Collectors.joining(", ", "BEGIN ", "")));
    } finally {
      pg.setAutoCommit(autocommit);
    }
  }

  /** pgJDBC refuses to roll back in autocommit, whatever text has begun a transaction there. */
  @Override
  public void rollBack() throws SQLException {
    if (!isTransactionOpen()) {
      return;
    }
    PgConnection pg = current.pg();
    if (!pg.getAutoCommit()) {
      pg.rollback();
      return;
    }
    try (Statement statement = pg.createStatement()) {
      statement.execute("ROLLBACK");
    }
  }

  /**
   * Autosave makes pgJDBC send SAVEPOINT before statements, which aborts every transaction on
   * Aurora DSQL. An application that reaches pgJDBC can switch it on at any time.
   */
  void disarmAutosave() {
    PgConnection pg = current.pg();
    if (pg.getAutosave() != AutoSave.NEVER) {
      LOG.warn("autosave={} is off again: Aurora DSQL has no savepoints", pg.getAutosave().value());
      pg.setAutosave(AutoSave.NEVER);
    }
  }

  // -------------------- what the application changes

  @Override
  public void executed(String sql, TransactionCommand.Kind end) {
    switch (end) {
      case COMMIT -> state.committed();
      case ROLLBACK -> state.rolledBack();
      case ROLLBACK_TO -> state.endedSomehow();
      case UNCLEAR -> {
        state.executed(sql, isTransactionOpen());
        state.endedSomehow();
      }
      default -> state.executed(sql, isTransactionOpen());
    }
  }

  /** A text becomes part of a batch, of which nobody knows how much is executed. */
  void batched(String sql) {
    if (on && !state.isHarmless(sql)) {
      state.stay("a batch held a statement that changes the session");
    }
  }

  @Override
  public void stay(String reason) {
    state.stayForEver(reason);
  }

  // -------------------- another connection in the place of this one

  @Override
  public ReconnectMode reconnect() {
    return renewal.mode();
  }

  @Override
  public boolean isLost() {
    try {
      return on && !closed && isClosed();
    } catch (SQLException unknown) {
      return true;
    }
  }

  @Override
  public boolean isOld() {
    return renewal.ages() && current.isOld(renewal.nanoClock().getAsLong());
  }

  /** True if the connection should be given up by who keeps it; counted once. */
  boolean isRetired() {
    boolean retired = isOld() && !isTransactionOpen();
    if (retired) {
      countRetired(current);
    }
    return retired;
  }

  private void countRetired(PhysicalConnection old) {
    if (old.retire()) {
      statistics.connections().connectionRetired();
    }
  }

  @Override
  public void forgetTransaction(boolean maybeCommitted) {
    forgotten = current;
    if (maybeCommitted) {
      state.endedSomehow();
    } else {
      state.rolledBack();
    }
  }

  @Override
  public void move() throws SQLException {
    moving.lock();
    try {
      if (closed) {
        throw DsqlExceptions.notMoved("the application has closed it");
      }
      if (isClosed()) {
        PhysicalConnection lost = current;
        replace(another());
        if (closed) {
          current.closeQuietly();
          throw DsqlExceptions.notMoved("the application has closed it");
        }
        LOG.info(
            "A lost connection was replaced: {} by {}", lost.connection(), current.connection());
      }
    } finally {
      moving.unlock();
    }
  }

  @Override
  public void leaveOld() {
    moving.lock();
    try {
      PhysicalConnection old = current;
      if (closed || !isOld() || isClosed() || state.obstacle() != null) {
        return;
      }
      replace(another());
      countRetired(old);
      left.add(old);
      if (closed) {
        // Whoever has closed the session may have closed the old connection only.
        current.closeQuietly();
      }
    } catch (SQLException failure) {
      LOG.info("A connection that is old was not replaced yet", failure);
      current.oldFrom(renewal.nanoClock().getAsLong() + PATIENCE.toNanos());
    } finally {
      moving.unlock();
    }
  }

  @Override
  public void closeLeft() {
    PhysicalConnection old = left.poll();
    while (old != null) {
      old.closeQuietly();
      old = left.poll();
    }
  }

  @Override
  public void noteParameters() {
    Map<String, String> now = current.pg().getParameterStatuses();
    if (!reported.equals(now)) {
      reported = Map.copyOf(now);
    }
  }

  private void replace(PhysicalConnection other) {
    current = other;
    statistics.connections().connectionMoved();
  }

  private PhysicalConnection another() throws SQLException {
    String obstacle = state.obstacle();
    if (obstacle != null) {
      throw DsqlExceptions.notMoved(obstacle);
    }
    boolean idle = !isTransactionOpen() && current != forgotten;
    Map<String, String> before = idle ? current.pg().getParameterStatuses() : reported;
    Connection opened = renewal.opener().open();
    try {
      PhysicalConnection other = new PhysicalConnection(opened, renewal);
      state.restoreOn(opened);
      requireLike(before, other.pg().getParameterStatuses());
      if (closed) {
        throw DsqlExceptions.notMoved("the application has closed it");
      }
      return other;
    } catch (SQLException | RuntimeException | Error failure) {
      try {
        opened.close();
      } catch (SQLException atClose) {
        failure.addSuppressed(atClose);
      }
      throw failure;
    }
  }

  /** What the server reports shows most of what the driver could not see, a function's SET, say. */
  private static void requireLike(Map<String, String> before, Map<String, String> after)
      throws SQLException {
    for (Map.Entry<String, String> parameter : before.entrySet()) {
      String value = after.get(parameter.getKey());
      if (value != null
          && !value.equals(parameter.getValue())
          && !OF_THE_SERVER.contains(parameter.getKey())) {
        throw DsqlExceptions.notMoved(
            "the parameter "
                + parameter.getKey()
                + " was changed where the driver could not see it");
      }
    }
  }
}
