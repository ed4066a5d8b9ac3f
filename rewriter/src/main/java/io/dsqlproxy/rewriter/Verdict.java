package io.dsqlproxy.rewriter;

/** What became of a construct of a statement. */
public enum Verdict {
  /** It is sent as it was written. */
  UNCHANGED,
  /** Something else is sent, which keeps or strengthens what it guaranteed. */
  REWRITTEN,
  /** Something else is sent, which guarantees less: only where the lock policy asks for it. */
  REWRITTEN_WITH_LOSS,
  /** Nothing is sent. */
  REFUSED
}
