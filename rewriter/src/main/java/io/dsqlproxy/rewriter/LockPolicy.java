package io.dsqlproxy.rewriter;

/** Which form takes the place of a lock that Aurora DSQL does not have. Immutable. */
public final class LockPolicy {

  private static final LockPolicy DEFAULT = new LockPolicy();

  private LockPolicy() {}

  /** Every unsupported lock becomes {@code FOR UPDATE}. */
  public static LockPolicy defaults() {
    return DEFAULT;
  }

  /**
   * Reads a policy from its text form.
   *
   * @throws IllegalArgumentException if the text is not a policy; the message names the rule that
   *     it breaks
   */
  public static LockPolicy parse(String text) {
    if (!text.isBlank()) {
      throw new IllegalArgumentException("not a lock policy: " + text);
    }
    return DEFAULT;
  }
}
