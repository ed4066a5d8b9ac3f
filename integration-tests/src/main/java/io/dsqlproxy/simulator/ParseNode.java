package io.dsqlproxy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One node of PostgreSQL's parse tree. A field holds one or more values; a value is a {@code
 * ParseNode}, a {@code List} or a {@code String}. Immutable by convention.
 */
record ParseNode(String type, Map<String, List<Object>> fields) {

  private static final String NULL = "<>";

  /** The field as text; empty if PostgreSQL printed NULL or nothing. */
  String text(String field) {
    Object value = value(field);
    return value instanceof String text && !text.equals(NULL) ? text : "";
  }

  boolean flag(String field) {
    return text(field).equals("true");
  }

  boolean isNull(String field) {
    Object value = value(field);
    return value == null || value.equals(NULL);
  }

  ParseNode node(String field) {
    return value(field) instanceof ParseNode node ? node : null;
  }

  /** The nodes of a list field. */
  List<ParseNode> nodes(String field) {
    List<ParseNode> nodes = new ArrayList<>();
    if (value(field) instanceof List<?> list) {
      for (Object value : list) {
        if (value instanceof ParseNode node) {
          nodes.add(node);
        }
      }
    }
    return nodes;
  }

  /** The texts of a list field. */
  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    if (value(field) instanceof List<?> list) {
      for (Object value : list) {
        if (value instanceof String text) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  /** Visits this node and every node below it. */
  void visit(Consumer<ParseNode> visitor) {
    visitor.accept(this);
    fields.values().forEach(values -> visit(values, visitor));
  }

  private static void visit(List<?> values, Consumer<ParseNode> visitor) {
    for (Object value : values) {
      if (value instanceof ParseNode node) {
        node.visit(visitor);
      } else if (value instanceof List<?> list) {
        visit(list, visitor);
      }
    }
  }

  private Object value(String field) {
    List<Object> values = fields.get(field);
    return values == null ? null : values.get(0);
  }
}
