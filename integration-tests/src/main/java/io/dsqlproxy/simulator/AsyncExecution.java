package io.dsqlproxy.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs statements that leave their work to a job. Confined to the session's thread. */
final class AsyncExecution {

  private static final String WAITING = "wait_for_job";

  private final ClientLink client;
  private final BackendLink backend;
  private final Jobs jobs;
  private final List<String> submitted = new ArrayList<>();

  AsyncExecution(ClientLink client, BackendLink backend, Jobs jobs) {
    this.client = client;
    this.backend = backend;
    this.jobs = jobs;
  }

  /** Before PostgreSQL takes the snapshot for this statement: so that it sees what is done. */
  void before(String sql) {
    if (sql.contains(WAITING)) {
      jobs.runAll();
    } else {
      jobs.runDue();
    }
  }

  /** Runs the portal and answers the client; returns the error if there was one. */
  Message run(Portal portal, Message request) throws IOException {
    AsyncWork work = portal.parsed().work();
    if (work.runsStatement()) {
      Message end = backend.queue(request).await("C", client::send);
      if (end.isError()) {
        return end;
      }
    }
    String identifier = Jobs.newIdentifier();
    Message end = work.submit(backend, identifier);
    if (end.isError()) {
      return end;
    }
    submitted.add(identifier);
    client.send(Replies.oneTextValue(identifier));
    client.send(Replies.commandComplete(work.tag()));
    return null;
  }

  /** The transaction has ended. */
  void ended() {
    if (!submitted.isEmpty()) {
      jobs.submitted(submitted);
      submitted.clear();
    }
  }
}
