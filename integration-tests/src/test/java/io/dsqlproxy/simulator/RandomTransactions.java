package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.CommittedHistory.Committed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One session that runs random transactions and expects each answer. Confined to its thread. */
final class RandomTransactions implements Runnable {

  /**
   * What the sessions of one run share.
   *
   * @param deadline when to stop
   * @param history what was committed
   * @param violations the answers that were not expected
   * @param lost how many transactions lost a conflict
   */
  record Shared(
      long deadline, CommittedHistory history, Collection<String> violations, AtomicInteger lost) {

    Shared(long deadline) {
      this(deadline, new CommittedHistory(), new ConcurrentLinkedQueue<>(), new AtomicInteger());
    }

    boolean goesOn() {
      return System.nanoTime() < deadline && violations.isEmpty();
    }
  }

  private static final String CONFLICT = "40001";
  private static final String[] HALVES = {"a", "b"};

  private final DsqlSimulator simulator;
  private final Shared shared;
  private final int number;
  private final Random random;

  private final Set<String> exclusive = new HashSet<>();
  private final Set<String> keyShared = new HashSet<>();
  private final Set<String> whole = new HashSet<>();
  private final Map<String, Integer> increments = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final StringBuilder trace = new StringBuilder();
  private Connection connection;
  private long snapshotBefore;
  private int round;
  private int inserted;

  RandomTransactions(DsqlSimulator simulator, Shared shared, int number, long seed) {
    this.simulator = simulator;
    this.shared = shared;
    this.number = number;
    this.random = new Random(seed * 31 + number);
  }

  @Override
  public void run() {
    Properties properties = Sessions.properties(simulator, "admin", simulator.token("admin"));
    properties.setProperty("preferQueryMode", number % 3 == 2 ? "simple" : "extended");
    properties.setProperty("prepareThreshold", number % 3 == 1 ? "1" : "5");
    properties.setProperty("socketTimeout", "60");
    try (Connection opened =
        new org.postgresql.Driver().connect(Sessions.url(simulator), properties)) {
      connection = opened;
      while (shared.goesOn()) {
        round++;
        trace.setLength(0);
        clear();
        if (random.nextInt(8) == 0) {
          alone();
        } else {
          transaction();
        }
      }
    } catch (SQLException e) {
      violation("session " + e.getSQLState() + " " + e.getMessage());
    }
  }

  private void clear() {
    exclusive.clear();
    keyShared.clear();
    whole.clear();
    increments.clear();
    seen.clear();
    snapshotBefore = 0;
    inserted = 0;
  }

  /** A statement without a transaction: it is told its conflict itself. */
  private void alone() throws SQLException {
    connection.setAutoCommit(true);
    long before = System.nanoTime();
    try {
      step();
      // Its snapshot is not older than its start, so that only what surely overlaps is reported.
      snapshotBefore = System.nanoTime();
      if (increments.size() + exclusive.size() + keyShared.size() > 0) {
        record(before);
      }
    } catch (SQLException e) {
      lostOrViolation("alone", e);
    }
  }

  private void transaction() throws SQLException {
    connection.setAutoCommit(false);
    int steps = 1 + random.nextInt(5);
    try {
      for (int i = 0; i < steps; i++) {
        step();
        if (snapshotBefore == 0) {
          snapshotBefore = System.nanoTime();
        }
        think();
      }
    } catch (SQLException e) {
      violation("statement " + e.getSQLState() + " " + e.getMessage());
      connection.rollback();
      return;
    }
    if (random.nextInt(6) == 0) {
      connection.rollback();
      return;
    }
    long commitAfter = System.nanoTime();
    try {
      connection.commit();
      record(commitAfter);
    } catch (SQLException e) {
      lostOrViolation("commit", e);
    }
  }

  private void record(long commitAfter) {
    shared
        .history()
        .add(
            new Committed(
                number + "-" + round + trace,
                snapshotBefore,
                commitAfter,
                Set.copyOf(exclusive),
                Set.copyOf(keyShared),
                Set.copyOf(whole),
                Map.copyOf(increments)));
  }

  private void lostOrViolation(String where, SQLException e) {
    if (CONFLICT.equals(e.getSQLState())) {
      shared.lost().incrementAndGet();
    } else {
      violation(where + " " + e.getSQLState() + " " + e.getMessage());
    }
  }

  private void violation(String what) {
    shared.violations().add(number + "-" + round + trace + ": " + what);
  }

  private void think() {
    if (random.nextInt(3) == 0) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(8_000)));
    }
  }

  private void step() throws SQLException {
    switch (random.nextInt(10)) {
      case 0, 1 -> read("item", " FOR UPDATE");
      case 2 -> read("part", " FOR UPDATE");
      case 3 -> read("item", " FOR KEY SHARE");
      case 4 -> read(random.nextBoolean() ? "item" : "part", "");
      case 5, 6 -> increment(random.nextBoolean() ? "item" : "part");
      case 7 -> batch();
      case 8 -> insertChild();
      default -> toggle();
    }
  }

  private String row(String table) {
    return table.equals("item")
        ? "item " + (1 + random.nextInt(4))
        : "part " + (1 + random.nextInt(2)) + HALVES[random.nextInt(2)];
  }

  private static String condition(String row) {
    return row.startsWith("item")
        ? "id = " + row.substring(5)
        : "id = " + row.charAt(5) + " AND half = '" + row.charAt(6) + "'";
  }

  private void read(String table, String lock) throws SQLException {
    String row = row(table);
    trace.append(" | ").append(row).append(lock);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(random.nextInt(2));
      try (ResultSet rows =
          statement.executeQuery("SELECT ver FROM " + table + " WHERE " + condition(row) + lock)) {
        expect(row, rows.next() ? rows.getInt(1) : null);
      }
    }
    if (lock.equals(" FOR UPDATE")) {
      exclusive.add(row);
      whole.add(row);
    } else if (!lock.isEmpty()) {
      keyShared.add(row);
    }
  }

  /** Every read sees the snapshot and what the transaction itself has written. */
  private void expect(String row, Integer version) {
    int own = increments.getOrDefault(row, 0);
    if (version == null) {
      violation(row + " is not there");
      return;
    }
    Integer before = seen.put(row, version - own);
    if (before != null && before != version - own) {
      violation(row + " was " + before + " in the snapshot and is " + version + " after " + own);
    }
  }

  private void increment(String table) throws SQLException {
    boolean several = random.nextInt(4) == 0;
    String row = row(table);
    trace.append(" | ").append(row).append(several ? " and more + 1" : " + 1");
    String where = several ? "id <= 2" : condition(row);
    int expected = several ? (table.equals("item") ? 2 : 4) : 1;
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE " + table + " SET ver = ver + ? WHERE " + where)) {
      statement.setInt(1, 1);
      expectCount(expected, statement.executeUpdate());
    }
    if (!several) {
      incremented(row);
    } else if (table.equals("item")) {
      incremented("item 1");
      incremented("item 2");
    } else {
      for (String half : HALVES) {
        incremented("part 1" + half);
        incremented("part 2" + half);
      }
    }
  }

  private void batch() throws SQLException {
    if (connection.getAutoCommit()) {
      // The driver decides whether such a batch is one transaction.
      increment("item");
      return;
    }
    String[] rows = {row("item"), row("part"), row("item")};
    trace.append(" | batch ").append(String.join(", ", rows));
    try (Statement statement = connection.createStatement()) {
      for (String row : rows) {
        statement.addBatch(
            "UPDATE " + row.substring(0, 4) + " SET ver = ver + 1 WHERE " + condition(row));
      }
      for (int count : statement.executeBatch()) {
        expectCount(1, count);
      }
    }
    for (String row : rows) {
      incremented(row);
    }
  }

  private void insertChild() throws SQLException {
    String parent = row("item");
    trace.append(" | child of ").append(parent);
    String id = number + "-" + round + "-" + inserted++;
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO child VALUES (?, ?)")) {
      statement.setString(1, id);
      statement.setInt(2, Integer.parseInt(parent.substring(5)));
      expectCount(1, statement.executeUpdate());
    }
    keyShared.add(parent);
    increments.merge("child", 1, Integer::sum);
  }

  /** Inserts the row if it is not there, and deletes it if it is. */
  private void toggle() throws SQLException {
    int id = 1 + random.nextInt(2);
    trace.append(" | toggle ").append(id);
    boolean there;
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT id FROM flag WHERE id = " + id)) {
        there = rows.next();
      }
      if (!connection.getAutoCommit()) {
        expectCount(
            1,
            statement.executeUpdate(
                there
                    ? "DELETE FROM flag WHERE id = " + id
                    : "INSERT INTO flag VALUES (" + id + ", 'owner " + id + "')"));
        exclusive.add("flag " + id);
        whole.add("flag " + id);
      }
    }
  }

  private void incremented(String row) {
    increments.merge(row, 1, Integer::sum);
    exclusive.add(row);
  }

  private void expectCount(int expected, int count) {
    if (count != expected) {
      violation("a count of " + count + " instead of " + expected);
    }
  }
}
