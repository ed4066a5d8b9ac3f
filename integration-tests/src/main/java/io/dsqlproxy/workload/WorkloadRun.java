package io.dsqlproxy.workload;

import io.dsqlproxy.workload.PersistenceException.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Lets all clients of some areas compete for a bounded time and then judges the areas. Lost races
 * and typed errors are part of the game; any other error ends the run at once. For use by one
 * thread.
 */
public final class WorkloadRun {

  private static final Duration STOP_WITHIN = Duration.ofSeconds(60);

  private final List<Area> areas;
  private final Predicate<Unavailable> bearable;
  private final Runnable beforeJudging;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  /** A run of these areas. */
  public WorkloadRun(List<Area> areas) {
    this(areas, failure -> SqlStates.isLostRace(failure.sqlState()), () -> {});
  }

  /**
   * A run in which things go wrong.
   *
   * @param bearable whether a client goes on after this failure
   * @param beforeJudging lets nothing go wrong any more
   */
  public WorkloadRun(List<Area> areas, Predicate<Unavailable> bearable, Runnable beforeJudging) {
    this.areas = List.copyOf(areas);
    this.bearable = bearable;
    this.beforeJudging = beforeJudging;
  }

  /**
   * How a run ended.
   *
   * @param verdicts one for each area that was judged; none if the run failed
   * @param failure what ended the run before its time
   */
  public record Outcome(List<AreaVerdict> verdicts, Optional<RuntimeException> failure) {

    /** Whether nothing failed, every area got something done, and every invariant holds. */
    public boolean isGood() {
      return failure.isEmpty() && verdicts.stream().allMatch(AreaVerdict::isGood);
    }
  }

  /**
   * What became of one area.
   *
   * @param progress what its clients counted
   * @param invariants what its stored data say
   */
  public record AreaVerdict(Progress progress, List<Invariant> invariants) {

    boolean isGood() {
      return progress.operations() > 0 && invariants.stream().allMatch(Invariant::holds);
    }
  }

  /** Runs for the given time; the observer is called now and then in between. */
  public Outcome run(Duration duration, Duration interval, Consumer<List<Area>> observer)
      throws SQLException, InterruptedException {
    try {
      for (Area area : areas) {
        area.prepare();
      }
    } catch (Unavailable e) {
      return new Outcome(List.of(), Optional.of(e));
    }
    compete(duration, interval, observer);
    beforeJudging.run();
    if (failure.get() != null) {
      return new Outcome(List.of(), Optional.of(failure.get()));
    }
    List<AreaVerdict> verdicts = new ArrayList<>();
    for (Area area : areas) {
      verdicts.add(new AreaVerdict(area.progress(), area.judge()));
    }
    return new Outcome(verdicts, Optional.empty());
  }

  private void compete(Duration duration, Duration interval, Consumer<List<Area>> observer)
      throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (Area area : areas) {
        for (Runnable client : area.clients()) {
          threads.execute(() -> repeat(area.progress(), client));
        }
      }
      long deadline = System.nanoTime() + duration.toNanos();
      for (long left = duration.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        if (over.await(Math.min(left, interval.toNanos()), TimeUnit.NANOSECONDS)) {
          break;
        }
        observer.accept(areas);
      }
    } finally {
      over.countDown();
      threads.shutdown();
      if (!threads.awaitTermination(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        threads.shutdownNow();
        fail(new IllegalStateException("clients still busy " + STOP_WITHIN + " after the end"));
      }
    }
  }

  private void repeat(Progress area, Runnable client) {
    while (over.getCount() > 0) {
      try {
        client.run();
      } catch (Unavailable e) {
        area.failed(e);
        if (!bearable.test(e)) {
          fail(e);
        } else if (!e.sqlState().equals(SqlStates.SERIALIZATION_FAILURE)) {
          area.conflict();
        }
      } catch (PersistenceException e) {
        area.turnedAway();
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }

  private void fail(RuntimeException reason) {
    failure.compareAndSet(null, reason);
    over.countDown();
  }
}
