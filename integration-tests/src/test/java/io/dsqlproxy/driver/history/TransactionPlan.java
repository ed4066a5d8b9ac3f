package io.dsqlproxy.driver.history;

import java.util.List;

/**
 * What a transaction is to do. Immutable.
 *
 * @param id unique in the run
 * @param session whose transactions follow one another
 * @param commits whether it is to be committed; never false without a transaction
 */
record TransactionPlan(String id, int session, Begin begin, List<Step> steps, boolean commits) {

  /** How the application begins, and ends, its transaction. */
  enum Begin {
    /** Not at all: one statement in autocommit. */
    ALONE,
    /** With autocommit off. */
    JDBC,
    /** By BEGIN and COMMIT as statements. */
    TEXT
  }

  TransactionPlan {
    steps = List.copyOf(steps);
  }
}
