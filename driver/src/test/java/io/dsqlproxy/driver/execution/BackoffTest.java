package io.dsqlproxy.driver.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BackoffTest {

  private static final Duration LONG = Duration.ofDays(100_000);
  private static final Duration A_WHILE = Duration.ofMillis(20);
  private static final Duration SHORT = Duration.ofMillis(1);

  private final Backoff backoff = new Backoff();

  @Test
  void itLastsAsLongAsItIsToldTo() throws Exception {
    long start = System.nanoTime();
    backoff.await(A_WHILE);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(A_WHILE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void thereIsNoTimeBelowNone(long seconds) throws Exception {
    backoff.await(Duration.ofSeconds(seconds));
  }

  @Test
  void aCancellationEndsEveryWaitOfThatMoment() throws Exception {
    Waiter one = new Waiter();
    Waiter other = new Waiter();
    backoff.cancel();
    assertThat(one.end()).isInstanceOf(WaitCancelledException.class);
    assertThat(other.end()).isInstanceOf(WaitCancelledException.class);
  }

  @Test
  void aCancellationEndsNoLaterWait() throws Exception {
    backoff.cancel();
    backoff.await(SHORT);
    Waiter waiter = new Waiter();
    backoff.cancel();
    backoff.cancel();
    assertThat(waiter.end()).isInstanceOf(WaitCancelledException.class);
    backoff.await(SHORT);
    Waiter later = new Waiter();
    backoff.cancel();
    assertThat(later.end()).isInstanceOf(WaitCancelledException.class);
  }

  @Test
  void anInterruptionEndsTheWaitOfItsThreadOnly() throws Exception {
    Waiter interrupted = new Waiter();
    Waiter other = new Waiter();
    interrupted.thread.interrupt();
    assertThat(interrupted.end()).isInstanceOf(InterruptedException.class);
    assertThat(other.task.isDone()).isFalse();
    backoff.cancel();
    assertThat(other.end()).isInstanceOf(WaitCancelledException.class);
  }

  @Test
  void anInterruptedThreadDoesNotWaitAtAll() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> backoff.await(Duration.ZERO));
    assertThat(Thread.interrupted()).isFalse();
  }

  /** A thread that waits when the constructor returns. */
  private final class Waiter {

    private final FutureTask<Void> task =
        new FutureTask<>(
            (Callable<Void>)
                () -> {
                  backoff.await(LONG);
                  return null;
                });
    private final Thread thread = new Thread(task, "waiter");

    Waiter() {
      thread.setDaemon(true);
      thread.start();
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }

    /** What ended the wait. */
    Throwable end() throws InterruptedException {
      try {
        task.get();
        return null;
      } catch (ExecutionException failure) {
        return failure.getCause();
      }
    }
  }
}
