package io.dsqlproxy.driver.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A JDBC call of a program. What it is about follows from its arguments and from what is open when
 * it is made. Immutable.
 *
 * @param kind what is called
 * @param a a number of 0 or more
 * @param b a number of 0 or more
 */
record Call(Kind kind, int a, int b) {

  /** What is called, and how often in relation to the others. */
  enum Kind {
    INSERT(6),
    UPDATE(6),
    DELETE(2),
    QUERY(8),
    NEXT(14),
    MOVE(5),
    READ_AGAIN(3),
    UPDATE_COLUMN(5),
    CHANGE_ROW(7),
    PREPARED_INSERT(6),
    PREPARED_UPDATE(6),
    PREPARED_QUERY(5),
    PREPARED_BATCH(3),
    GENERATED_KEYS(3),
    SAVEPOINT(5),
    ROLLBACK_TO(4),
    RELEASE(2),
    SAVEPOINT_TEXT(4),
    COMMIT(3),
    ROLLBACK(2),
    AUTO_COMMIT(3),
    TRANSACTION_TEXT(3),
    SEVERAL_STATEMENTS(4),
    BATCH_OF_TEXTS(3),
    META_DATA(3),
    FAILURE(2),
    FETCH_SIZE(2),
    MAX_ROWS(1),
    CLOSE_RESULT(2),
    NEW_STATEMENT(2);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    private static final List<Kind> WEIGHTED = weighted();

    private static List<Kind> weighted() {
      List<Kind> all = new ArrayList<>();
      for (Kind kind : values()) {
        for (int i = 0; i < kind.weight; i++) {
          all.add(kind);
        }
      }
      return List.copyOf(all);
    }
  }

  /** A program. */
  static List<Call> program(Random random, int length) {
    List<Call> program = new ArrayList<>();
    // Most of what can go wrong needs a transaction.
    program.add(new Call(Kind.AUTO_COMMIT, 0, 0));
    for (int i = 1; i < length; i++) {
      Kind kind = Kind.WEIGHTED.get(random.nextInt(Kind.WEIGHTED.size()));
      program.add(new Call(kind, random.nextInt(1 << 10), random.nextInt(1 << 10)));
    }
    return program;
  }
}
