package io.dsqlproxy.driver.fences;

import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The columns of a table, and which of them are its primary key. Immutable.
 *
 * @param columns the types of all columns, by their names; empty if there is no such table
 * @param types the types of its columns as the catalog names them, by the columns' names; empty if
 *     there is no such table, or it has no primary key
 */
record TableKey(Map<String, String> columns, Map<String, String> types) {

  /** As the server writes them; it reads other texts too. */
  private static final Pattern BYTES = Pattern.compile("\\\\x([0-9a-fA-F]{2})*");

  TableKey {
    columns = Map.copyOf(columns);
    types = Map.copyOf(types);
  }

  /** Whether there is no such table, as far as the catalog tells, or one without a key. */
  boolean isUnknown() {
    return types.isEmpty();
  }

  /** Whether two texts of the same value of the key can be made equal. */
  boolean isComparable() {
    return !types.isEmpty() && types.values().stream().allMatch(TableKey::isComparable);
  }

  private static boolean isComparable(String type) {
    return switch (type) {
      case "int2", "int4", "int8", "uuid", "text", "varchar", "bytea" -> true;
      default -> false;
    };
  }

  /**
   * The one text that a value of a column has here.
   *
   * @param text as the server or the application writes it
   * @return null if the text is none of the column's type
   */
  String canonical(String column, String text) {
    if (text == null) {
      return null;
    }
    try {
      return switch (types.get(column)) {
        case "int2", "int4", "int8" -> Long.toString(Long.parseLong(text));
        case "uuid" -> UUID.fromString(text).toString();
        case "bytea" -> BYTES.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
        default -> text;
      };
    } catch (IllegalArgumentException notOfTheType) {
      return null;
    }
  }
}
