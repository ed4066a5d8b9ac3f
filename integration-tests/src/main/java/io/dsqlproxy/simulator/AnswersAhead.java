package io.dsqlproxy.simulator;

import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers that were fetched ahead of the client, who takes as many rows at a time as it likes.
 * Confined to the thread that holds the session's turn.
 */
final class AnswersAhead {

  private final ClientLink client;

  /** The rows left and the end of each portal. */
  private final Map<String, Deque<Message>> ahead = new HashMap<>();

  AnswersAhead(ClientLink client) {
    this.client = client;
  }

  boolean has(String portal) {
    return ahead.containsKey(portal);
  }

  void put(String portal, Deque<Message> answers) {
    ahead.put(portal, answers);
  }

  void forget(String portal) {
    ahead.remove(portal);
  }

  void forgetAll() {
    ahead.clear();
  }

  /** Answers this request of the client's. */
  void deliver(Message execute) {
    String portal = execute.string(0);
    int maxRows = maxRows(execute);
    Deque<Message> answers = ahead.get(portal);
    int rows = 0;
    while (answers.size() > 1) {
      if (maxRows > 0 && rows == maxRows) {
        client.send(Replies.PORTAL_SUSPENDED);
        return;
      }
      client.send(answers.removeFirst());
      rows++;
    }
    Message end = answers.getFirst();
    boolean piecewise = maxRows > 0 && end.string(0).startsWith("SELECT");
    client.send(piecewise ? Replies.commandComplete("SELECT " + rows) : end);
    if (!piecewise) {
      ahead.remove(portal);
    }
  }

  private static int maxRows(Message execute) {
    byte[] body = execute.body();
    int at = body.length - 4;
    return (body[at] & 0xff) << 24
        | (body[at + 1] & 0xff) << 16
        | (body[at + 2] & 0xff) << 8
        | body[at + 3] & 0xff;
  }
}
