package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Runs a whole transaction again, with fresh reads, when it lost against another one. This is what
 * PostgreSQL's own documentation asks of an application above READ COMMITTED. One that was rolled
 * back because its connection or the server failed is run again too, but none whose COMMIT may have
 * taken effect. A statement in autocommit must be one that may take effect twice. Safe for use by
 * many threads.
 */
public final class ConflictRetry {

  private static final int ATTEMPTS = 12;
  private static final Duration BASE = Duration.ofMillis(2);
  private static final Duration CAP = Duration.ofMillis(250);

  private final DoubleSupplier random;
  private final Pauser pauser;

  /** Waits between two attempts. */
  @FunctionalInterface
  public interface Pauser {
    /** Returns after about as long. */
    void pause(Duration duration);
  }

  /** Backs off by real time and chance. */
  public ConflictRetry() {
    this(
        () -> ThreadLocalRandom.current().nextDouble(),
        duration -> LockSupport.parkNanos(duration.toNanos()));
  }

  /** Backs off by the given chance, in [0, 1), and pauser. */
  public ConflictRetry(DoubleSupplier random, Pauser pauser) {
    this.random = random;
    this.pauser = pauser;
  }

  /** Runs the transaction until it is through, fails for another reason, or lost too often. */
  public <T> T run(Progress progress, Supplier<T> transaction) {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.get();
      } catch (Unavailable e) {
        if (!SqlStates.isPassing(e.sqlState())) {
          throw e;
        }
        if (e.sqlState().equals(SqlStates.SERIALIZATION_FAILURE)) {
          progress.conflict();
        }
        if (attempt == ATTEMPTS) {
          throw e;
        }
        progress.failed(e);
      }
      pauser.pause(backoff(attempt));
    }
  }

  /** Full jitter below an exponentially growing bound. */
  private Duration backoff(int attempt) {
    long bound = Math.min(CAP.toNanos(), BASE.toNanos() << Math.min(attempt, 20));
    return Duration.ofNanos((long) (bound * random.getAsDouble()));
  }
}
