package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the text of a parse tree as PostgreSQL prints it under {@code debug_print_parse} with
 * {@code debug_pretty_print} off: nodes in braces, lists in parentheses, words with backslash
 * escapes, lines broken at 78 characters. Confined to one thread.
 */
final class ParseTreeReader {

  private static final int LINE_LENGTH = 78;

  private final String text;
  private int at;

  private ParseTreeReader(String text) {
    this.text = text;
  }

  static ParseNode read(String printed) {
    ParseTreeReader reader = new ParseTreeReader(joinLines(printed));
    if (reader.value() instanceof ParseNode node) {
      return node;
    }
    throw new IllegalArgumentException("not a parse tree: " + printed);
  }

  /** A line break stands for a space, except in a word that is longer than the line. */
  private static String joinLines(String printed) {
    StringBuilder joined = new StringBuilder(printed.length());
    for (String line : printed.split("\n")) {
      joined.append(line);
      if (line.length() != LINE_LENGTH || line.indexOf(' ') >= 0) {
        joined.append(' ');
      }
    }
    return joined.toString();
  }

  private Object value() {
    skipSpaces();
    char first = text.charAt(at);
    if (first == '{') {
      return node();
    }
    return first == '(' ? list() : word();
  }

  private ParseNode node() {
    at++;
    String type = word();
    Map<String, List<Object>> fields = new HashMap<>();
    for (char next = peek(); next != '}'; next = peek()) {
      String field = word().substring(1);
      List<Object> values = new ArrayList<>();
      do {
        values.add(value());
        next = peek();
      } while (next != '}' && next != ':');
      fields.put(field, values);
    }
    at++;
    return new ParseNode(type, fields);
  }

  private List<Object> list() {
    at++;
    List<Object> values = new ArrayList<>();
    while (peek() != ')') {
      values.add(value());
    }
    at++;
    return values;
  }

  private String word() {
    skipSpaces();
    int start = at;
    StringBuilder word = new StringBuilder();
    while (at < text.length() && " \t\n(){}".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      word.append(text.charAt(at));
      at++;
    }
    boolean quoted = text.charAt(start) == '"' && word.length() >= 2;
    return quoted ? word.substring(1, word.length() - 1) : word.toString();
  }

  private char peek() {
    skipSpaces();
    return text.charAt(at);
  }

  private void skipSpaces() {
    while (" \t\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
