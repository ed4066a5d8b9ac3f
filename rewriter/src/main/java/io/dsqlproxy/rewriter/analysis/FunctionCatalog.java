package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.Ascii;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * PostgreSQL 16's own functions by volatility class. Read once, when the first locking statement
 * that calls a function is planned. Immutable.
 */
public final class FunctionCatalog {

  private static final String RESOURCE = "postgresql-16-functions.txt";

  /** Volatile because each call gives another value, but nothing is written. */
  private static final Set<String> VOLATILE_WITHOUT_EFFECT =
      Set.of("clock_timestamp", "gen_random_uuid", "pg_sleep", "random", "timeofday");

  /** Stable, and yet they execute the queries of views, whatever these call. */
  private static final Set<String> READS_ANY_VIEW =
      Set.of(
          "database_to_xml",
          "database_to_xml_and_xmlschema",
          "schema_to_xml",
          "schema_to_xml_and_xmlschema",
          "table_to_xml",
          "table_to_xml_and_xmlschema");

  private FunctionCatalog() {}

  /** PostgreSQL's volatility classes, and aggregates and window functions apart from them. */
  public enum Kind {
    IMMUTABLE,
    STABLE,
    VOLATILE,
    AGGREGATE,
    WINDOW
  }

  private static final class Holder {
    private static final Map<String, Kind> KINDS = read();
  }

  /**
   * The class of a function of pg_catalog.
   *
   * @param name the unqualified name in lower case
   * @return null if pg_catalog has no such function: it is the application's own
   */
  public static Kind kind(String name) {
    return Holder.KINDS.get(name);
  }

  /**
   * Whether a call might write. PostgreSQL allows that to volatile functions only; of a function
   * that is not its own nothing is known.
   */
  static boolean mayWrite(String name) {
    Kind kind = kind(name);
    return kind == null
        || kind == Kind.VOLATILE && !VOLATILE_WITHOUT_EFFECT.contains(name)
        || READS_ANY_VIEW.contains(name);
  }

  private static Map<String, Kind> read() {
    Map<String, Kind> kinds = new HashMap<>(4096);
    try (InputStream resource = FunctionCatalog.class.getResourceAsStream(RESOURCE);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        if (!line.startsWith("#")) {
          int space = line.indexOf(' ');
          kinds.put(
              line.substring(0, space), Kind.valueOf(Ascii.toUpperCase(line.substring(space + 1))));
        }
        line = reader.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " from the class path", e);
    }
    return kinds;
  }
}
