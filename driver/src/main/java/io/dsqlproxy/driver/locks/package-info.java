/**
 * Locks that Aurora DSQL does not have, as rows of a lock table. Every lock has a row of its own,
 * and every session that holds it beyond a transaction has a lease: a further row, which its owner
 * renews and which others may take away once it has expired.
 *
 * <p>That two do not hold a lock at once rests on the conflict check at COMMIT alone. Whoever takes
 * a lease changes the lock's row, and takes away the expired leases in the same transaction; a
 * transaction that takes the lock for itself reads the lock's row {@code FOR UPDATE}, or {@code FOR
 * KEY SHARE} if it shares it; and a transaction that is committed under a lease reads the lease
 * {@code FOR KEY SHARE}. Clocks decide only when a lease may be taken away, and they are the
 * server's.
 */
package io.dsqlproxy.driver.locks;
