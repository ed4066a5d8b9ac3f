package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * What DSQL holds against a transaction that PostgreSQL would let go on: its age, its size, and a
 * change of the schema by another session since it has first looked at a table.
 *
 * <p>The age counts from BEGIN, and is told to every later statement but ROLLBACK. The size is
 * estimated from what the client sent: for every statement that writes, the longer of its text and
 * its parameters, and the data of a COPY; what the server makes up itself, and index entries, count
 * nothing. In a catalog that is not strict, a session without a transaction never hears of a change
 * of the schema.
 *
 * <p>Confined to the thread that holds the session's turn.
 */
final class TransactionGuard {

  private static final long MEBIBYTE = 1L << 20;
  private static final long MAX_MEBIBYTES = 10;

  private final Clock clock;
  private final Duration maxAge;
  private final Catalog catalog;
  private Instant begun;
  private long size;
  private long seenVersion;
  private boolean looked;
  private boolean displaced;
  private boolean defines;
  private boolean hasDefined;

  TransactionGuard(Clock clock, Duration maxAge, Catalog catalog) {
    this.clock = clock;
    this.maxAge = maxAge;
    this.catalog = catalog;
    this.seenVersion = catalog.version();
  }

  /** Whether the transaction has been undone for another session's change of the schema. */
  boolean isDisplaced() {
    return displaced;
  }

  void displaced() {
    displaced = true;
  }

  /** Whether the schema is not the one that the transaction, or a strict session, has looked at. */
  boolean isOutOfDate() {
    return displaced || (looked || catalog.isStrict()) && catalog.version() != seenVersion;
  }

  /** Why the statement, the next of a transaction that has not failed, is not run; or null. */
  Rejection objection(Judgement judgement) {
    return switch (judgement.effect()) {
      case BEGIN, ROLLBACK -> null;
      case COMMIT -> looked || displaced ? commitObjection() : tooOld();
      default -> tooOld() != null ? tooOld() : statementObjection(judgement);
    };
  }

  /** Why a transaction without BEGIN cannot be committed at the end of its request; or null. */
  Rejection objectionAtSync() {
    return begun == null ? tooLarge() : null;
  }

  /** The statement has run; the client sent so many bytes for it. */
  void ran(Judgement judgement, long bytes) {
    Effect effect = judgement.effect();
    switch (effect) {
      case BEGIN -> begun = begun == null ? clock.instant() : begun;
      case COMMIT -> {
        hasDefined |= defines;
        ended();
      }
      case ROLLBACK -> ended();
      case DEFINITION -> defines = true;
      case WRITE, COPY_IN -> size += bytes;
      default -> {}
    }
  }

  /** A statement failed, so that what the transaction defined is undone. */
  void failed() {
    defines = false;
  }

  /** The server is ready, with PostgreSQL's status of the transaction. */
  void ready(char status) {
    boolean over = status == 'I';
    if (hasDefined || over && defines) {
      hasDefined = false;
      long version = catalog.changed();
      seenVersion = looked && !over ? seenVersion : version;
    }
    if (over) {
      ended();
    }
  }

  private Rejection commitObjection() {
    if (tooOld() != null) {
      return tooOld();
    }
    if (isOutOfDate()) {
      seenVersion = catalog.version();
      return Rejection.SCHEMA_CONFLICT;
    }
    return tooLarge();
  }

  private Rejection statementObjection(Judgement judgement) {
    boolean touchesStorage =
        judgement.mayConflict()
            || !judgement.relations().isEmpty()
            || judgement.effect() == Effect.DEFINITION
            || judgement.effect() == Effect.COPY_IN;
    if (!touchesStorage) {
      return null;
    }
    if (!looked && !catalog.isStrict()) {
      seenVersion = catalog.version();
    }
    boolean outOfDate = isOutOfDate();
    looked = true;
    seenVersion = catalog.version();
    return outOfDate ? Rejection.SCHEMA_CONFLICT : null;
  }

  private Rejection tooOld() {
    if (begun == null) {
      return null;
    }
    Duration age = Duration.between(begun, clock.instant());
    return age.compareTo(maxAge) <= 0
        ? null
        : Rejection.limit(
            "transaction age limit of %ds exceeded".formatted(maxAge.toSeconds()),
            "Current transaction age %ds exceeds %ds"
                .formatted(age.toSeconds(), maxAge.toSeconds()));
  }

  private Rejection tooLarge() {
    long mebibytes = (size + MEBIBYTE - 1) / MEBIBYTE;
    return mebibytes <= MAX_MEBIBYTES
        ? null
        : Rejection.limit(
            "transaction size limit %dmb exceeded".formatted(MAX_MEBIBYTES),
            "Current transaction size %dmb > %dmb".formatted(mebibytes, MAX_MEBIBYTES));
  }

  private void ended() {
    begun = null;
    size = 0;
    looked = false;
    displaced = false;
    defines = false;
  }
}
