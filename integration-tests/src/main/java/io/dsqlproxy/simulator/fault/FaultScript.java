package io.dsqlproxy.simulator.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What goes wrong in a simulator. Empty until a test says otherwise, and free while it is empty.
 * Thread-safe.
 *
 * <pre>{@code
 * faults.at(statementNumber(3)).answer(conflict());
 * faults.at(commit().inApplication("worker")).times(2).answer(conflict());
 * faults.at(afterCommit()).answer(disconnect());
 * }</pre>
 *
 * <p>At a moment at which several faults are due, delays and silences pass in the order in which
 * they were set, and then the first of the others strikes; the rest of those stay due for their
 * next moment.
 */
public final class FaultScript {

  private static final int MAX_FIRED = 100_000;

  private final Pauser pauser;
  private final List<ScriptedFault> faults = new CopyOnWriteArrayList<>();
  private final List<FiredFault> fired = new ArrayList<>();
  private volatile boolean ended;

  /** A script without faults. */
  public FaultScript(Pauser pauser) {
    this.pauser = pauser;
  }

  /** Begins to place a fault, which strikes once if nothing else is said. */
  public Placement at(FaultTrigger trigger) {
    return new Placement(trigger, 1);
  }

  /** What has struck so far, in this order, bounded. */
  public List<FiredFault> fired() {
    synchronized (fired) {
      return List.copyOf(fired);
    }
  }

  /** Removes all faults, and forgets what has struck. */
  public void clear() {
    faults.forEach(ScriptedFault::remove);
    synchronized (fired) {
      fired.clear();
    }
  }

  /** Whether there is no fault, so that nothing needs to be asked. */
  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /**
   * For the server: waits as long as a fault says, and answers the one that is to strike; null if
   * the session is to go on.
   */
  public Fault meet(Moment moment) {
    for (ScriptedFault due : due(moment)) {
      if (due.fault() instanceof Fault.Delay delay) {
        pauser.pause(delay.duration());
      } else if (due.fault() instanceof Fault.Silence) {
        try {
          due.awaitRemoval();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return Fault.disconnect();
        }
      } else {
        return due.fault();
      }
    }
    return ended ? Fault.disconnect() : null;
  }

  /** For the server: nobody is kept waiting any longer, and everybody is disconnected. */
  public void end() {
    ended = true;
    faults.forEach(ScriptedFault::remove);
  }

  void remove(ScriptedFault fault) {
    faults.remove(fault);
  }

  private List<ScriptedFault> due(Moment moment) {
    List<ScriptedFault> due = new ArrayList<>();
    synchronized (fired) {
      boolean struck = false;
      for (ScriptedFault fault : faults) {
        // Each fault counts each of its moments, whether or not another one strikes there.
        if (fault.meets(moment) && !struck) {
          due.add(fault);
          struck =
              !(fault.fault() instanceof Fault.Delay || fault.fault() instanceof Fault.Silence);
          FiredFault record = fault.fire(moment);
          if (fired.size() < MAX_FIRED) {
            fired.add(record);
          }
        }
      }
    }
    return due;
  }

  /** A place for a fault. Immutable. */
  public final class Placement {

    private final FaultTrigger trigger;
    private final int times;

    private Placement(FaultTrigger trigger, int times) {
      this.trigger = trigger;
      this.times = times;
    }

    /** The fault strikes so many times in a row. */
    public Placement times(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("a fault strikes once or more often: " + number);
      }
      return new Placement(trigger, number);
    }

    /** The fault strikes until it is removed. */
    public Placement always() {
      return new Placement(trigger, Integer.MAX_VALUE);
    }

    /** Places the fault; refuses one that the server cannot show in this place. */
    public ScriptedFault answer(Fault fault) {
      trigger.check(fault);
      ScriptedFault scripted = new ScriptedFault(FaultScript.this, trigger, fault, times);
      faults.add(scripted);
      return scripted;
    }
  }
}
