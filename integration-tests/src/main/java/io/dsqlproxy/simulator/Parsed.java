package io.dsqlproxy.simulator;

/**
 * A statement that PostgreSQL has parsed. Immutable.
 *
 * @param sql the statement as the client sent it
 * @param judgement what DSQL makes of it
 * @param work what it leaves to a job, or null
 */
record Parsed(String sql, Judgement judgement, AsyncWork work) {

  /** Stands for a name that the client has not given to anything. */
  static final Parsed UNKNOWN = new Parsed("", Judgement.EMPTY, null);
}
