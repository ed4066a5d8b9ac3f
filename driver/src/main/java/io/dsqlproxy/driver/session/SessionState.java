package io.dsqlproxy.driver.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an application has set on its session: enough to give another connection the same, or the
 * reason why that is not possible. Safe for use by many threads.
 *
 * <p>What pgJDBC keeps itself holds at once. What the server keeps holds when the transaction that
 * set it is committed; a transaction that is run again sets its own once more.
 */
public final class SessionState {

  /** More different parameters than any session has use for. */
  private static final int MOST_PARAMETERS = 200;

  /** A power of two. */
  private static final int KNOWN_TEXTS = 128;

  private final Map<ClientSetting, Setting> client = new EnumMap<>(ClientSetting.class);
  private final Map<String, Setting> committed = new LinkedHashMap<>();

  /** What the open transaction has set, after it has reset everything if it has. */
  private final Map<String, Setting> pending = new LinkedHashMap<>();

  private boolean pendingReset;

  /** Texts that do nothing to a session, by identity: most statements are executed many times. */
  private final String[] known = new String[KNOWN_TEXTS];

  private String obstacle;
  private String obstacleForEver;

  /** Nothing is set. */
  public SessionState() {}

  // -------------------- what is set

  /** Something was set that pgJDBC keeps itself. */
  public synchronized void set(ClientSetting name, Setting setting) {
    client.put(name, setting);
  }

  /**
   * A parameter of the server's was set by a method of the connection.
   *
   * @param parameter in lower case
   * @param inTransaction whether the end of a transaction decides about it
   */
  public synchronized void set(String parameter, Setting setting, boolean inTransaction) {
    if (inTransaction) {
      put(pending, parameter, setting);
    } else {
      forgetPending();
      put(committed, parameter, setting);
    }
  }

  /**
   * A text was executed.
   *
   * @param inTransaction whether a transaction is open now
   */
  public void executed(String sql, boolean inTransaction) {
    int slot = sql.hashCode() & KNOWN_TEXTS - 1;
    if (known[slot] == sql) {
      return;
    }
    SessionCommand command = SessionCommand.of(sql);
    if (command == SessionCommand.NONE) {
      known[slot] = sql;
    } else {
      executed(sql, command, inTransaction);
    }
  }

  /** Whether a text does nothing to a session. */
  public boolean isHarmless(String sql) {
    return SessionCommand.of(sql) == SessionCommand.NONE;
  }

  private synchronized void executed(String sql, SessionCommand command, boolean inTransaction) {
    String parameter = command.detail();
    switch (command.kind()) {
      case SET -> set(parameter, on -> run(on, sql), inTransaction);
      case RESET_ALL -> resetAll(inTransaction);
      case DISCARD_ALL -> {
        resetAll(committed);
        obstacle = null;
      }
      default -> stay(parameter);
    }
  }

  private void resetAll(boolean inTransaction) {
    forgetPending();
    if (inTransaction) {
      pendingReset = true;
    } else {
      resetAll(committed);
    }
  }

  private void forgetPending() {
    pending.clear();
    pendingReset = false;
  }

  /** In the order of the last change. */
  private void put(Map<String, Setting> parameters, String parameter, Setting setting) {
    parameters.remove(parameter);
    parameters.put(parameter, setting);
    if (parameters.size() > MOST_PARAMETERS) {
      parameters.remove(parameter);
      stay("more than " + MOST_PARAMETERS + " parameters were set");
    }
  }

  /** To have set nothing is not the same: pgJDBC sets a parameter itself after each login. */
  private void resetAll(Map<String, Setting> parameters) {
    parameters.clear();
    put(parameters, "", on -> run(on, "RESET ALL"));
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  // -------------------- the end of a transaction

  /** What was set in the transaction is set. */
  public synchronized void committed() {
    if (pendingReset) {
      resetAll(committed);
    }
    pending.forEach((parameter, setting) -> put(committed, parameter, setting));
    forgetPending();
  }

  /** What was set in the transaction is not. */
  public synchronized void rolledBack() {
    forgetPending();
  }

  /** Nobody knows what is set of what was set in the transaction. */
  public synchronized void endedSomehow() {
    if (pendingReset || !pending.isEmpty()) {
      forgetPending();
      stay("it is not known whether a SET was committed");
    }
  }

  // -------------------- another connection

  /**
   * The session stays with its connection until {@code DISCARD ALL}.
   *
   * @param reason as a clause
   */
  public synchronized void stay(String reason) {
    if (obstacle == null) {
      obstacle = reason;
    }
  }

  /**
   * The session stays with its connection, whatever happens.
   *
   * @param reason as a clause
   */
  public synchronized void stayForEver(String reason) {
    if (obstacleForEver == null) {
      obstacleForEver = reason;
    }
  }

  /** Why another connection cannot take the place of this one, as a clause; or null. */
  public synchronized String obstacle() {
    return obstacleForEver != null ? obstacleForEver : obstacle;
  }

  /**
   * Sets everything on a connection that was just opened, as it was before the open transaction.
   *
   * @throws SQLException if the server refuses one of the settings
   */
  public void restoreOn(Connection connection) throws SQLException {
    for (Setting setting : settings()) {
      setting.applyTo(connection);
    }
  }

  /** The server's come first: what pgJDBC keeps, autocommit for one, says how it sends them. */
  private synchronized List<Setting> settings() {
    List<Setting> all = new ArrayList<>(committed.values());
    all.addAll(client.values());
    return all;
  }

  /** What pgJDBC keeps, in the order in which it is set: outside of a transaction. */
  public enum ClientSetting {
    NETWORK_TIMEOUT,
    TYPE_MAP,
    HOLDABILITY,
    READ_ONLY,
    AUTO_COMMIT
  }

  /** One setting with its value. Stateless apart from what it captured. */
  @FunctionalInterface
  public interface Setting {

    /** Sets the value on a connection of pgJDBC's. */
    void applyTo(Connection connection) throws SQLException;
  }
}
