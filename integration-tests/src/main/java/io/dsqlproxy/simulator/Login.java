package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.FaultScript;
import io.dsqlproxy.simulator.fault.Phase;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;

/**
 * Brings one socket from its first byte to a running session. In which order the service checks is
 * not known. Here: SNI, connect rate and number of connections before the password is asked for,
 * the cluster's sleep after it, because a stranger should not wake a cluster. Thread-safe.
 */
final class Login {

  private static final Rejection NO_SERVER_NAME =
      new Rejection("08006", "unable to accept connection, sni was not received");
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int MAX_PASSWORD = 16_384;

  private final Cluster cluster;
  private final Handshake handshake;
  private final TokenVerifier verifier;
  private final StatementJudge judge;
  private final StatementLog log;
  private final Jobs jobs;
  private final FaultScript faults;
  private final AtomicLong sessions = new AtomicLong();

  Login(
      Cluster cluster,
      Handshake handshake,
      TokenVerifier verifier,
      StatementLog log,
      Jobs jobs,
      FaultScript faults) {
    this.cluster = cluster;
    this.handshake = handshake;
    this.verifier = verifier;
    this.judge = new StatementJudge(cluster.backend().refusedFunctions());
    this.log = log;
    this.jobs = jobs;
    jobs.whenCompleted(cluster.catalog()::changed);
    this.faults = faults;
  }

  void serve(Socket raw) throws IOException {
    raw.setTcpNoDelay(true);
    raw.setKeepAlive(true);
    raw.setSoTimeout(PATIENCE_MILLIS);
    try (SSLSocket socket = handshake.encrypt(raw)) {
      if (socket == null) {
        return;
      }
      ClientLink client = new ClientLink(socket);
      Map<String, String> parameters = handshake.startup(client);
      if (parameters == null) {
        return;
      }
      Rejection objection =
          cluster.requiresServerName() && !Handshake.hasServerName(socket)
              ? NO_SERVER_NAME
              : cluster.admission().enter();
      if (objection != null) {
        client.refuse(objection);
        return;
      }
      try {
        FaultPoint point = new FaultPoint(faults, client, parameters, sessions.incrementAndGet());
        admit(socket, client, parameters, point);
      } finally {
        cluster.admission().leave();
      }
    }
  }

  private void admit(
      Socket socket, ClientLink client, Map<String, String> parameters, FaultPoint point)
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
      return;
    }
    String hint = verifier.objection(user, password.string(0));
    if (hint != null) {
      client.refuse(Rejection.accessDenied(hint));
      return;
    }
    Rejection asleep = cluster.admission().wake();
    if (asleep != null) {
      client.refuse(asleep);
      return;
    }
    String database = parameters.getOrDefault("database", user);
    if (!database.equals("postgres")) {
      client.refuse(new Rejection("3D000", "database \"" + database + "\" does not exist"));
      return;
    }
    socket.setSoTimeout(0);
    run(client, StartupParameters.forBackend(parameters), point);
  }

  private void run(ClientLink client, Map<String, String> parameters, FaultPoint point)
      throws IOException {
    try (CancelKeys.Key key = cluster.keys().issue();
        BackendLink link = BackendLink.open(cluster.backend().port(), parameters)) {
      Message ready =
          link.await(
              "Z", answer -> client.send(answer.type() == 'K' ? key.replace(answer) : answer));
      if (ready.isError()) {
        refuse(client, ready);
        return;
      }
      InternalStatements.prepare(link);
      // Before the client hears that it is in: its age counts from here.
      Session session = new Session(client, link, judge, log, cluster, jobs, point);
      client.send(ready);
      client.flush();
      session.run();
    }
  }

  /** What the service says of a role that does not exist or may not log in is not known. */
  private static void refuse(ClientLink client, Message error) throws IOException {
    switch (error.sqlState()) {
      case "28000" -> client.refuse(Rejection.accessDenied(error.fields().get('M')));
      case "53300" -> client.refuse(Admission.tooMany());
      default -> {
        client.send(error);
        client.flush();
      }
    }
  }
}
