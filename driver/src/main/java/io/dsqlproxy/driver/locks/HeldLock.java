package io.dsqlproxy.driver.locks;

import io.dsqlproxy.rewriter.LockRequest.Space;

/**
 * An advisory lock that a session holds until it gives it back. Immutable.
 *
 * @param space what the key is about
 * @param key the number, or the two numbers separated by a comma
 * @param shared whether other sessions may hold it too
 * @param times how often the session has taken it, and has to give it back
 * @param fencingNumber larger than that of every session that held a lock with this key before, so
 *     that what is protected elsewhere can refuse who comes too late
 */
public record HeldLock(Space space, String key, boolean shared, int times, long fencingNumber) {}
