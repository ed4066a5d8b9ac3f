package io.dsqlproxy.driver.journal;

import java.sql.Statement;

/**
 * An execution that gave an update count. The same outcome is the same count. Immutable apart from
 * what its superclass says.
 *
 * @param <N> an int, or a long
 */
public final class UpdateUnit<N extends Number> extends StatementUnit<N> {

  private final N count;

  /**
   * An update.
   *
   * @param count null if it failed
   */
  public UpdateUnit(Invocation<N> invocation, N count) {
    super(invocation);
    this.count = count;
  }

  @Override
  public RowsRead rows() {
    return null;
  }

  @Override
  long count() {
    return count == null ? -1 : count.longValue();
  }

  @Override
  void compare(Statement statement, N again) throws OutcomeDiffers {
    if (!again.equals(count)) {
      throw new OutcomeDiffers("its update count was " + count + " and is " + again);
    }
  }
}
