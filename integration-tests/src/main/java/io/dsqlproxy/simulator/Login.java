package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.Phase;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/** Brings one socket from its first byte to a running session. Thread-safe. */
final class Login {

  private static final String ACCESS_DENIED = "unable to accept connection, access denied";
  private static final String CONNECTION_FAILURE = "08006";
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int MAX_PASSWORD = 16_384;

  private final SSLContext tls;
  private final TokenVerifier verifier;
  private final EmbeddedBackend backend;
  private final StatementJudge judge;
  private final StatementLog log;
  private final Jobs jobs;
  private final Neighbours neighbours = new Neighbours();
  private final FaultScript faults;
  private final AtomicLong sessions = new AtomicLong();

  Login(
      SSLContext tls,
      TokenVerifier verifier,
      EmbeddedBackend backend,
      StatementLog log,
      Jobs jobs,
      FaultScript faults) {
    this.tls = tls;
    this.verifier = verifier;
    this.backend = backend;
    this.judge = new StatementJudge(backend.refusedFunctions());
    this.log = log;
    this.jobs = jobs;
    this.faults = faults;
  }

  void serve(Socket raw) throws IOException {
    raw.setTcpNoDelay(true);
    raw.setSoTimeout(PATIENCE_MILLIS);
    try (Socket socket = Handshake.encrypt(raw, tls)) {
      if (socket == null) {
        return;
      }
      ClientLink client = new ClientLink(socket);
      Map<String, String> parameters = Handshake.startup(client.in());
      if (parameters == null) {
        return;
      }
      FaultPoint point = new FaultPoint(faults, client, parameters, sessions.incrementAndGet());
      if (isAdmitted(client, parameters, point)) {
        socket.setSoTimeout(0);
        run(client, StartupParameters.forBackend(parameters), point);
      }
    }
  }

  private boolean isAdmitted(ClientLink client, Map<String, String> parameters, FaultPoint point)
      throws IOException {
    String user = parameters.getOrDefault("user", "");
    client.send(Replies.PASSWORD_REQUEST);
    client.flush();
    Message password = Message.read(client.in(), MAX_PASSWORD);
    if (password.type() != 'p') {
      throw new ProtocolViolation("a password was expected");
    }
    Message injected = point.meet(Phase.LOGIN, "");
    if (injected != null) {
      client.send(injected);
      client.flush();
      return false;
    }
    String objection = verifier.objection(user, password.string(0));
    if (objection != null) {
      client.send(Replies.fatal(CONNECTION_FAILURE, ACCESS_DENIED, objection));
      client.flush();
      return false;
    }
    String database = parameters.getOrDefault("database", user);
    if (!database.equals("postgres")) {
      client.send(Replies.fatal("3D000", "database \"" + database + "\" does not exist", null));
      client.flush();
      return false;
    }
    return true;
  }

  private void run(ClientLink client, Map<String, String> parameters, FaultPoint point)
      throws IOException {
    try (BackendLink link = new BackendLink(backend.port(), parameters)) {
      Message ready = link.await("Z", client::send);
      if (ready.isError()) {
        client.send(ready);
        client.flush();
        return;
      }
      InternalStatements.prepare(link);
      client.send(ready);
      client.flush();
      new Session(client, link, judge, log, neighbours, jobs, point).run();
    }
  }
}
