package io.dsqlproxy.rewriter;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a statement asks for that locks, or unlocks, something which is no row. Immutable.
 *
 * @param name the function, or {@code LOCK TABLE}, for messages
 * @param action what is to happen
 * @param scope how long the lock is held
 * @param shared whether several may hold the lock at once
 * @param keys what is locked
 * @param answer what is sent to the server in the statement's place
 */
public record LockRequest(
    String name, Action action, Scope scope, boolean shared, Keys keys, Answer answer)
    implements EmulatedRequest {

  public LockRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(answer, "answer");
  }

  @Override
  public String arguments() {
    return keys.query();
  }

  @Override
  public String shape() {
    return answer.granted();
  }

  /** What is to happen. */
  public enum Action {
    /** Waits until the lock can be had. */
    LOCK,
    /** Takes the lock if it can be had now. */
    TRY_LOCK,
    /** Gives one lock back. */
    UNLOCK,
    /** Gives back all locks of the session. */
    UNLOCK_ALL
  }

  /** How long a lock is held. */
  public enum Scope {
    /** Until it is given back, or the session ends. */
    SESSION,
    /** Until the transaction ends. */
    TRANSACTION
  }

  /** What keys are about: equal keys of different spaces are different locks. */
  public enum Space {
    /** Advisory locks with one key of type bigint. */
    BIGINT,
    /** Advisory locks with two keys of type integer. */
    INTEGERS,
    /** Tables. */
    TABLE
  }

  /**
   * What is locked.
   *
   * @param space what the keys are about
   * @param constants the keys, if they can be read from the text; with {@link Space#INTEGERS} the
   *     two numbers of one key are separated by a comma
   * @param query gives the keys in one row if it is executed with the statement's parameters: with
   *     {@link Space#TABLE} each column is a key, otherwise all columns together are one. A column
   *     that is NULL means that nothing is locked
   * @param isCall whether the query is a JDBC call, whose one text output holds what the row would,
   *     separated by commas, and nothing for NULL
   */
  public record Keys(Space space, Optional<List<String>> constants, String query, boolean isCall) {

    public Keys {
      Objects.requireNonNull(space, "space");
      constants = constants.map(List::copyOf);
      Objects.requireNonNull(query, "query");
    }
  }

  /**
   * The texts that give the application what PostgreSQL's answer would give it.
   *
   * @param granted if the lock was taken or given back; also if there is nothing to tell
   * @param denied if it could not be
   * @param ofNull if a key is NULL
   */
  public record Answer(String granted, String denied, String ofNull) {

    public Answer {
      Objects.requireNonNull(granted, "granted");
      Objects.requireNonNull(denied, "denied");
      Objects.requireNonNull(ofNull, "ofNull");
    }
  }
}
