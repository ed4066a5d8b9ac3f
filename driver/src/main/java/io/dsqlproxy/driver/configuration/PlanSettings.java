package io.dsqlproxy.driver.configuration;

import io.dsqlproxy.rewriter.LockEmulation;
import java.util.Objects;

/**
 * The settings that decide how statements are planned; connections for which they are equal share
 * their plans. Immutable.
 *
 * @param rewriteLocks whether statements are planned at all
 * @param lockPolicy the text of the lock policy
 * @param versionColumns the text of the version columns
 * @param allowWeakerIsolation whether SERIALIZABLE may run at REPEATABLE READ
 * @param emulation which locks are emulated that are on no rows
 * @param cacheEntries how many plans are remembered
 * @param cacheBytes how much memory they may take
 */
public record PlanSettings(
    boolean rewriteLocks,
    String lockPolicy,
    String versionColumns,
    boolean allowWeakerIsolation,
    LockEmulation emulation,
    int cacheEntries,
    long cacheBytes) {

  public PlanSettings {
    Objects.requireNonNull(lockPolicy, "lockPolicy");
    Objects.requireNonNull(versionColumns, "versionColumns");
    Objects.requireNonNull(emulation, "emulation");
  }
}
