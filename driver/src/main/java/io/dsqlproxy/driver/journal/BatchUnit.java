package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/**
 * A batch. The same outcome is the same update counts in the same order. Immutable apart from what
 * its superclass says.
 *
 * @param <T> an array of ints, or of longs
 */
public final class BatchUnit<T> extends StatementUnit<T> {

  private final Batch batch;
  private final long[] counts;

  /**
   * A batch that succeeded.
   *
   * @param batch what was executed; not changed any more
   */
  public BatchUnit(Invocation<T> invocation, Batch batch, T counts) {
    super(invocation);
    this.batch = batch;
    this.counts = counts == null ? null : longs(counts);
  }

  /** A batch that failed. */
  public BatchUnit(Invocation<T> invocation, Batch batch) {
    this(invocation, batch, null);
  }

  private static long[] longs(Object counts) {
    return counts instanceof int[] ints
        ? Arrays.stream(ints).asLongStream().toArray()
        : ((long[]) counts).clone();
  }

  @Override
  public RowsRead rows() {
    return null;
  }

  /** What is bound at the moment belongs to no entry. */
  @Override
  String obstacle() {
    String obstacle = invocation().origin().obstacle();
    return obstacle != null ? obstacle : batch.obstacle();
  }

  @Override
  long bytes() {
    return super.bytes() + batch.bytes();
  }

  @Override
  void prepare(Statement statement) throws SQLException {
    batch.addTo(statement);
  }

  @Override
  void compare(Statement statement, T again) throws OutcomeDiffers {
    long[] countsAgain = longs(again);
    int different = Arrays.mismatch(counts, countsAgain);
    if (different >= 0) {
      throw new OutcomeDiffers("the update count of its entry " + (different + 1) + " changed");
    }
  }
}
