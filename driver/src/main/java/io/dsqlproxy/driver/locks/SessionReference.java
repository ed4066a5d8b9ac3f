package io.dsqlproxy.driver.locks;

import java.lang.ref.WeakReference;
import java.util.List;

/**
 * A session as the renewal of leases knows it: one whose connection the application has lost
 * without closing it does not keep its locks for ever. Safe for use by many threads.
 */
final class SessionReference {

  private final WeakReference<SessionLocks> session;

  SessionReference(SessionLocks session) {
    this.session = new WeakReference<>(session);
  }

  /** False if the session is over. */
  boolean addLeasesTo(List<Lease> leases) {
    SessionLocks alive = session.get();
    return alive != null && alive.addLeasesTo(leases);
  }
}
