package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes names so that PostgreSQL looks up just these. Stateless. */
public final class SqlNames {

  private static final Pattern SIMPLE = Pattern.compile("[a-z_][a-z0-9_]*");

  /** PostgreSQL 16's reserved words, of its documentation's appendix C. */
  private static final Set<String> RESERVED =
      Set.of(
          "all",
          "analyse",
          "analyze",
          "and",
          "any",
          "array",
          "as",
          "asc",
          "asymmetric",
          "authorization",
          "binary",
          "both",
          "case",
          "cast",
          "check",
          "collate",
          "collation",
          "column",
          "concurrently",
          "constraint",
          "create",
          "cross",
          "current_catalog",
          "current_date",
          "current_role",
          "current_schema",
          "current_time",
          "current_timestamp",
          "current_user",
          "default",
          "deferrable",
          "desc",
          "distinct",
          "do",
          "else",
          "end",
          "except",
          "false",
          "fetch",
          "for",
          "foreign",
          "freeze",
          "from",
          "full",
          "grant",
          "group",
          "having",
          "ilike",
          "in",
          "initially",
          "inner",
          "intersect",
          "into",
          "is",
          "isnull",
          "join",
          "lateral",
          "leading",
          "left",
          "like",
          "limit",
          "localtime",
          "localtimestamp",
          "natural",
          "not",
          "notnull",
          "null",
          "offset",
          "on",
          "only",
          "or",
          "order",
          "outer",
          "overlaps",
          "placing",
          "primary",
          "references",
          "returning",
          "right",
          "select",
          "session_user",
          "similar",
          "some",
          "symmetric",
          "system_user",
          "table",
          "tablesample",
          "then",
          "to",
          "trailing",
          "true",
          "union",
          "unique",
          "user",
          "using",
          "variadic",
          "verbose",
          "when",
          "where",
          "window",
          "with");

  private SqlNames() {}

  /**
   * Whether a word, in lower case and without quotes, is none that a column could have for its
   * name: {@code user} is a function.
   */
  public static boolean isReserved(String word) {
    return RESERVED.contains(word);
  }

  /** A column's name, quoted where it has to be. */
  public static String column(String name) {
    return SIMPLE.matcher(name).matches() && !RESERVED.contains(name)
        ? name
        : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A table's name with its schema, if it is known, quoted where it has to be. */
  public static String table(QualifiedName name) {
    return name.parts().stream().map(SqlNames::column).collect(Collectors.joining("."));
  }

  /**
   * A text as a literal, which means the same whether {@code standard_conforming_strings} is on or
   * off: a backslash would escape the quote behind it where it is off.
   */
  static String literal(String text) {
    String quoted = '\'' + text.replace("'", "''") + '\'';
    return text.indexOf('\\') < 0 ? quoted : 'E' + quoted.replace("\\", "\\\\");
  }
}
