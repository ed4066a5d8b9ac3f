package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is with a session: its own thread's, from the first request after a Sync to the
 * answer of the next Sync; in between, that of any other session that needs something from it.
 * Thread-safe.
 */
final class Turn {

  /** Something that is done with a session from outside. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);
  private static final long PATIENCE_MILLIS = 30;

  private final ReentrantLock lock = new ReentrantLock();

  /** The session itself goes on; a turn that it has already is kept. */
  void take() {
    if (!lock.isHeldByCurrentThread()) {
      lock.lock();
    }
  }

  /** The session itself waits for its client. */
  void end() {
    lock.unlock();
  }

  /**
   * Does that in another session's thread, between two requests. Does nothing if the session is
   * busy for longer than a moment: two that need each other must not wait.
   */
  void inBetween(Step step) {
    try {
      if (!lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      try {
        step.run();
      } finally {
        lock.unlock();
      }
    } catch (IOException | ProtocolViolation e) {
      LOG.debug("A session ended while another one used it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
