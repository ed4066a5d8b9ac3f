package io.dsqlproxy.driver.fences;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A value as a parameter, and as a literal. Immutable, because nobody changes the bytes.
 *
 * @param object for {@link PreparedStatement#setObject}
 * @param placeholder {@code ?}, with a cast if the server needs one
 * @param literal as it is written in SQL
 */
record SqlValue(Object object, String placeholder, String literal) {

  /** The types of the tables' columns, each with values that are told apart by a number. */
  enum Type {
    SMALLINT,
    INT,
    BIGINT,
    TEXT,
    UUID,
    BYTEA,
    TIMESTAMPTZ;

    /** The value with a number. */
    SqlValue value(int number) {
      return switch (this) {
        case SMALLINT, INT -> new SqlValue(number, "?", String.valueOf(number));
        case BIGINT -> new SqlValue((long) number, "?", String.valueOf(number));
        case TEXT -> text(number);
        case UUID -> uuid(number);
        case BYTEA -> bytes(number);
        case TIMESTAMPTZ -> timestamp(number);
      };
    }

    boolean isNumber() {
      return this == SMALLINT || this == INT || this == BIGINT;
    }
  }

  /** What is hard to write among them, and one that only its case tells from another. */
  private static SqlValue text(int number) {
    String text =
        switch (number) {
          case 1 -> "a";
          case 2 -> "A";
          case 3 -> "it's";
          case 4 -> "back\\slash ";
          case 5 -> "ü \"?";
          default -> String.valueOf(number);
        };
    return new SqlValue(text, "?", "'" + text.replace("'", "''") + "'");
  }

  private static SqlValue uuid(int number) {
    UUID uuid = new UUID(0xABCDL, number);
    String text = number % 2 == 0 ? uuid.toString() : uuid.toString().toUpperCase();
    return new SqlValue(uuid, "?", "'" + text + "'");
  }

  private static SqlValue bytes(int number) {
    byte[] bytes = ("ÿ" + number).getBytes(StandardCharsets.ISO_8859_1);
    return new SqlValue(bytes, "?", "'\\x" + HexFormat.of().formatHex(bytes) + "'");
  }

  private static SqlValue timestamp(int number) {
    String text = String.format("2024-03-31 0%d:30:00.%06d+00", number % 10, number);
    return new SqlValue(text, "?::timestamptz", "'" + text + "'");
  }

  void bindTo(PreparedStatement statement, int index) throws SQLException {
    if (object instanceof byte[] bytes) {
      statement.setBytes(index, bytes);
    } else {
      statement.setObject(index, object);
    }
  }
}
