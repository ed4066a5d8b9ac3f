package io.dsqlproxy.rewriter;

/**
 * Which locks that Aurora DSQL does not have are emulated with rows of a lock table, instead of
 * being refused. Immutable.
 *
 * @param advisoryLocks calls of {@code pg_advisory_lock} and its relatives
 * @param tableLocks {@code LOCK TABLE}, which then keeps out only others that lock the table
 */
public record LockEmulation(boolean advisoryLocks, boolean tableLocks) {

  /** Nothing is emulated: what Aurora DSQL does not have is refused. */
  public static final LockEmulation NONE = new LockEmulation(false, false);

  /** Everything is emulated that can be. */
  public static final LockEmulation ALL = new LockEmulation(true, true);

  /** The name of the setting, which refusals mention. */
  public static final String PROPERTY = "lockEmulation";

  /** Whether anything is emulated. */
  public boolean isAnything() {
    return advisoryLocks || tableLocks;
  }
}
