package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import io.dsqlproxy.rewriter.LockRequest.Space;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A query asks for an advisory lock for each of its rows, as a condition or as a column. Immutable.
 *
 * @param name the function, for messages
 * @param action what is to happen for each row
 * @param scope how long the locks are held
 * @param shared whether several may hold a lock at once
 * @param space what the keys are about
 * @param candidates a query with the statement's parameters that gives the key of each row that the
 *     lock decides about, in the order of the result, and in further columns the {@code bounds}. A
 *     key is a bigint: two integers are its halves
 * @param bounds how many rows the statement gives at most; they stand in the order of the text
 * @param before the statement up to the list of the keys that were granted
 * @param after the statement behind it
 */
public record LockedRows(
    String name,
    Action action,
    Scope scope,
    boolean shared,
    Space space,
    String candidates,
    List<Bound> bounds,
    String before,
    String after)
    implements EmulatedRequest {

  public LockedRows {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(space, "space");
    Objects.requireNonNull(candidates, "candidates");
    bounds = List.copyOf(bounds);
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(after, "after");
  }

  /** What a number says about the rows; NULL says nothing. */
  public enum Bound {
    /** So many rows are given at most. */
    LIMIT,
    /** So many rows are left out at the beginning. */
    OFFSET
  }

  @Override
  public String arguments() {
    return candidates;
  }

  @Override
  public String shape() {
    return answer(List.of());
  }

  @Override
  public boolean keepsParameters() {
    return true;
  }

  /**
   * The statement that gives the application its result.
   *
   * @param granted the keys whose lock was taken or given back
   */
  public String answer(Collection<Long> granted) {
    return before + granted.stream().map(String::valueOf).collect(Collectors.joining(",")) + after;
  }

  /** A key as locks know it. */
  public String key(long value) {
    return space == Space.INTEGERS
        ? (int) (value >> Integer.SIZE) + "," + (int) value
        : String.valueOf(value);
  }
}
