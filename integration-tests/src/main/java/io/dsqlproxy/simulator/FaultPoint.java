package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.Fault;
import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.Moment;
import io.dsqlproxy.simulator.fault.Phase;
import java.util.Map;

/** One session's way to the scripted faults. Confined to the session's thread. */
final class FaultPoint {

  private final FaultScript script;
  private final ClientLink client;
  private final Map<String, String> startup;
  private final long session;

  FaultPoint(FaultScript script, ClientLink client, Map<String, String> startup, long session) {
    this.script = script;
    this.client = client;
    this.startup = startup;
    this.session = session;
  }

  /** Whether any fault is set at all. */
  boolean isArmed() {
    return !script.isEmpty();
  }

  /** The error that is to be answered here; null if there is none. */
  Message meet(Phase phase, String text) throws ConnectionCut {
    if (script.isEmpty()) {
      return null;
    }
    String application = client.applicationName();
    Fault fault =
        script.meet(
            new Moment(
                phase,
                text,
                startup.getOrDefault("user", ""),
                application != null ? application : startup.getOrDefault("application_name", ""),
                session));
    if (fault instanceof Fault.Disconnect) {
      throw new ConnectionCut();
    }
    if (fault instanceof Fault.Refusal refusal) {
      return Replies.fatal(refusal.sqlState(), refusal.message(), refusal.hint());
    }
    return fault instanceof Fault.Failure failure
        ? Replies.error(new Rejection(failure.sqlState(), failure.message()))
        : null;
  }
}
