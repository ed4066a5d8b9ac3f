package io.dsqlproxy.simulator.conformance;

import java.util.List;

/**
 * What the server answered to one statement. Immutable.
 *
 * @param tag the command tag; null after an error, and where the client hides it
 * @param count the rows returned or written; -1 if the client does not know
 * @param columns the names of the columns
 * @param rows the values as text
 * @param sqlState null if there was no error
 * @param message the error's text
 */
record Answer(
    String tag,
    long count,
    List<String> columns,
    List<List<String>> rows,
    String sqlState,
    String message) {

  static Answer ok(String tag, long count, List<String> columns, List<List<String>> rows) {
    return new Answer(tag, count, columns, rows, null, null);
  }

  static Answer error(String sqlState, String message) {
    return new Answer(null, -1, List.of(), List.of(), sqlState, message);
  }

  boolean isError() {
    return sqlState != null;
  }

  /** In the notation of the recorded facts. */
  @Override
  public String toString() {
    if (isError()) {
      return "err:" + sqlState + ":" + message;
    }
    String values = columns.isEmpty() ? "" : " {" + columns + (rows.size() > 5 ? "" : rows) + "}";
    return "ok:" + (tag == null ? "(" + count + ")" : tag) + values;
  }
}
