package io.dsqlproxy.rewriter.analysis;

import java.util.List;
import java.util.Objects;

/**
 * One locking clause, as ranges of tokens. Immutable.
 *
 * @param strength the lock that it asks for
 * @param first its first token, {@code FOR} or {@code LOCK}
 * @param strengthEnd the token after the words of the strength
 * @param end the token after the whole clause
 * @param of the names after {@code OF}; empty if the clause names none
 * @param waitPolicy what it says about locked rows
 * @param select the {@code SELECT} token of the query that the clause stands behind; -1 if it
 *     stands behind something else: a set operation, {@code VALUES}, {@code TABLE}, parentheses
 * @param hasFrom whether that query has a {@code FROM}; true where it is not known
 */
public record LockingClause(
    LockStrength strength,
    int first,
    int strengthEnd,
    int end,
    List<QualifiedName> of,
    WaitPolicy waitPolicy,
    int select,
    boolean hasFrom) {

  public LockingClause {
    Objects.requireNonNull(strength, "strength");
    of = List.copyOf(of);
    Objects.requireNonNull(waitPolicy, "waitPolicy");
  }
}
