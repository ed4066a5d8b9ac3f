package io.dsqlproxy.driver.fences;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * Which types a version can have: those of which each value has a text that the server reads as
 * just this value, however it was transferred, and an equality that tells each two values apart.
 * Stateless.
 */
final class VersionType {

  private VersionType() {}

  /**
   * Whether versions of this type can be asked for.
   *
   * @param type as the catalog names it
   */
  static boolean isExact(String type) {
    return switch (type) {
      case "int2", "int4", "int8", "oid", "xid", "xid8", "numeric", "bool" -> true;
      case "uuid", "text", "varchar", "bpchar", "name", "bytea" -> true;
      case "timestamp", "timestamptz", "date", "time" -> true;
      default -> false;
    };
  }

  /** A version as the server reads it; null for NULL. */
  static String text(String type, ResultSet result, int column) throws SQLException {
    if (!"bytea".equals(type)) {
      return result.getString(column);
    }
    byte[] bytes = result.getBytes(column);
    return bytes == null ? null : "\\x" + HexFormat.of().formatHex(bytes);
  }
}
