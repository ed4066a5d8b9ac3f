package io.dsqlproxy.rewriter.analysis;

/** What a locking clause says about rows that somebody else has locked. */
public enum WaitPolicy {
  WAIT,
  NOWAIT,
  SKIP_LOCKED
}
