package io.dsqlproxy.simulator;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of one simulator, which make way for one another. Thread-safe. */
final class Neighbours {

  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  void add(Session session) {
    sessions.add(session);
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  /** Asks all sessions that may hold locks in these relations to give them up. */
  void askToMakeWay(Session asking, Set<Integer> relations) {
    for (Session session : sessions) {
      if (session != asking) {
        session.makeWay(relations);
      }
    }
  }

  /** Asks all sessions to give up transactions that are open, for a change of the schema. */
  void askToGiveWayToDefinition(Session asking) {
    for (Session session : sessions) {
      if (session != asking) {
        session.giveWayToDefinition();
      }
    }
  }

  /** Ends the sessions that are at rest and older than a connection may be. */
  void endTheOld() {
    sessions.forEach(Session::endIfOld);
  }
}
