package io.dsqlproxy.hermitage;

/** What became of an anomaly. */
enum Verdict {
  /** The snapshot kept it from being seen; everybody committed who wanted to. */
  SNAPSHOT,
  /** A transaction was refused at COMMIT. */
  ABORT,
  /** It happened. */
  ALLOWED
}
