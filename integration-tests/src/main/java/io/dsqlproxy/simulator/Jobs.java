package io.dsqlproxy.simulator;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The asynchronous work of all sessions. A job is done when a session waits for it, when {@link
 * #runAll} is called, or before the first statement of any session after the delay: nothing can
 * tell that from work in the background, and nothing depends on a thread's luck. Thread-safe.
 */
final class Jobs implements AutoCloseable {

  static final String COLUMN = "job_id";

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 26;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String RUN = "SELECT sys.simulator_run_job(?)";
  private static final String WAITING = "submitted";
  private static final String COMPLETED = "completed";

  private record Pending(String identifier, long due) {}

  private final EmbeddedBackend backend;
  private final long delayNanos;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private volatile boolean idle = true;
  private volatile Runnable completion = () -> {};
  private Connection connection;

  Jobs(EmbeddedBackend backend, Duration delay) {
    this.backend = backend;
    this.delayNanos = delay.toNanos();
  }

  /** What follows each job that has completed: the schema is not what it was. */
  void whenCompleted(Runnable action) {
    completion = action;
  }

  static String newIdentifier() {
    StringBuilder identifier = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      identifier.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return identifier.toString();
  }

  /** These were submitted by a transaction that has ended now, one way or the other. */
  synchronized void submitted(List<String> identifiers) {
    long due = System.nanoTime() + delayNanos;
    identifiers.forEach(identifier -> pending.add(new Pending(identifier, due)));
    idle = pending.isEmpty();
  }

  /** Does what is due. */
  void runDue() {
    if (!idle) {
      run(System.nanoTime());
    }
  }

  /** Does all that was submitted. */
  void runAll() {
    if (!idle) {
      run(System.nanoTime() + delayNanos);
    }
  }

  /** Nothing that was submitted is to be done any more. */
  synchronized void forget() {
    pending.clear();
    idle = true;
  }

  private synchronized void run(long now) {
    Iterator<Pending> jobs = pending.iterator();
    while (jobs.hasNext()) {
      Pending job = jobs.next();
      String status = job.due() - now <= 0 ? run(job.identifier()) : WAITING;
      if (COMPLETED.equals(status)) {
        completion.run();
      }
      if (!WAITING.equals(status)) {
        jobs.remove();
      }
    }
    idle = pending.isEmpty();
  }

  /** The job's status afterwards; null if its transaction was rolled back. */
  private String run(String identifier) {
    try {
      if (connection == null) {
        connection = backend.connect();
      }
      try (PreparedStatement statement = connection.prepareStatement(RUN)) {
        statement.setString(1, identifier);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getString(1);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("job " + identifier + " cannot be run", e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
