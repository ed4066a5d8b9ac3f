package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * The parameters of a prepared statement, by position. Those that the application binds may be
 * replaced; those that were captured never change. Not safe for use by several threads at once.
 */
public final class Parameters {

  private static final ParameterBinding[] EMPTY = {};

  /** For statements that have none. */
  public static final Parameters NONE = new Parameters();

  /** The parameter of index 1 is the first; null where nothing is bound. */
  private ParameterBinding[] bindings;

  public Parameters() {
    this(EMPTY);
  }

  private Parameters(ParameterBinding[] bindings) {
    this.bindings = bindings;
  }

  /**
   * Remembers how a parameter was bound.
   *
   * @param index from 1
   */
  public void put(int index, ParameterBinding binding) {
    if (index > bindings.length) {
      bindings = Arrays.copyOf(bindings, Math.max(index, bindings.length * 2));
    }
    bindings[index - 1] = binding;
  }

  /** Forgets all of them. */
  public void clear() {
    Arrays.fill(bindings, null);
  }

  /** The statement was executed with them: streams among them are read. */
  public void executed() {
    for (ParameterBinding binding : bindings) {
      if (binding != null) {
        binding.executed();
      }
    }
  }

  /** Those of the execution that has just ended, with the values that were sent. */
  public Parameters captured() {
    if (bindings.length == 0) {
      return NONE;
    }
    ParameterBinding[] captured = bindings.clone();
    for (int i = 0; i < captured.length; i++) {
      if (captured[i] != null) {
        captured[i] = captured[i].captured();
      }
    }
    return new Parameters(captured);
  }

  /**
   * How a parameter is bound.
   *
   * @param index from 1
   * @return null if it is not
   */
  public ParameterBinding binding(int index) {
    return index > bindings.length ? null : bindings[index - 1];
  }

  /** These and one more. */
  public Parameters with(int index, ParameterBinding binding) {
    Parameters more = new Parameters(bindings.clone());
    more.put(index, binding);
    return more;
  }

  /**
   * The text of a value.
   *
   * @param index from 1
   * @return null if it is NULL, not bound, or has no text that the driver knows
   */
  public String text(int index) {
    return index > bindings.length || bindings[index - 1] == null
        ? null
        : bindings[index - 1].text();
  }

  /** Binds all of them. */
  public void bindTo(PreparedStatement statement) throws SQLException {
    for (ParameterBinding binding : bindings) {
      if (binding != null) {
        binding.bindTo(statement);
      }
    }
  }

  /** Why they cannot be bound again, as a clause; or null. */
  public String obstacle() {
    for (ParameterBinding binding : bindings) {
      String obstacle = binding == null ? null : binding.obstacle();
      if (obstacle != null) {
        return obstacle;
      }
    }
    return null;
  }

  /** What they take in memory, approximately, in bytes. */
  public long bytes() {
    long bytes = 0;
    for (ParameterBinding binding : bindings) {
      bytes += binding == null ? 0 : binding.bytes();
    }
    return bytes;
  }
}
