package io.dsqlproxy.simulator.fault;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A fault in its place in a script. Thread-safe. */
public final class ScriptedFault implements AutoCloseable {

  private static final class Counter {
    private int met;
    private int fired;
  }

  private final FaultScript script;
  private final FaultTrigger trigger;
  private final Fault fault;
  private final int times;
  private final CountDownLatch removed = new CountDownLatch(1);

  /** Guarded by the script. */
  private final Map<Long, Counter> counters = new HashMap<>();

  ScriptedFault(FaultScript script, FaultTrigger trigger, Fault fault, int times) {
    this.script = script;
    this.trigger = trigger;
    this.fault = fault;
    this.times = times;
  }

  /** It does not strike any more; whom it has silenced goes on as if nothing had been. */
  public void remove() {
    script.remove(this);
    removed.countDown();
  }

  /** The same as {@link #remove}. */
  @Override
  public void close() {
    remove();
  }

  @Override
  public String toString() {
    return fault + " at " + trigger;
  }

  Fault fault() {
    return fault;
  }

  /** Counts the moment; whether the fault is to strike. */
  boolean meets(Moment moment) {
    if (!trigger.matches(moment)) {
      return false;
    }
    Counter counter = counters.computeIfAbsent(trigger.counter(moment), key -> new Counter());
    counter.met++;
    return counter.met >= trigger.number() && counter.fired < times;
  }

  FiredFault fire(Moment moment) {
    Counter counter = counters.get(trigger.counter(moment));
    counter.fired++;
    return new FiredFault(fault, moment, counter.met);
  }

  void awaitRemoval() throws InterruptedException {
    removed.await();
  }
}
