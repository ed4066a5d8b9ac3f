package io.dsqlproxy.driver.fences;

import io.dsqlproxy.rewriter.Effect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What a statement may write although its text does not show it, as one connection sees the
 * catalog: views that call functions, functions that {@code row.name} calls, triggers, rules,
 * defaults, operators. Asked once, until the schema may have changed, and again after a while,
 * since others may change it too. Not safe for use by several threads at once.
 */
final class HiddenWrites {

  /** How long what another session creates may stay unnoticed. */
  static final Duration LONGEST_USE = Duration.ofSeconds(10);

  /** With more names, each statement counts as one that may write. */
  private static final int MOST_NAMES = 10_000;

  /**
   * Starts from the functions that may write: those of the application's own, except such as are
   * written in C and not volatile. The schema sys is that of Aurora DSQL's own functions. The
   * numbers are those of PostgreSQL's catalogs, which never change: 16384 is the first number of
   * what users create, 12 and 13 are the languages internal and C, 1255 is pg_proc, 1259 pg_class,
   * 2618 pg_rewrite, 2604 pg_attrdef, 2606 pg_constraint, 2620 pg_trigger, 1247 pg_type, and in the
   * end stand operators, casts, what their classes consist of, and policies.
   */
  private static final String QUERY =
      """
      WITH RECURSIVE hidden (class, object) AS (
        SELECT 1255::oid, p.oid FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 AND n.nspname <> 'sys'
          AND (p.provolatile = 'v' OR p.prokind <> 'f' OR p.prolang NOT IN (12, 13))
        UNION
        SELECT e.class, e.object FROM hidden h CROSS JOIN LATERAL (
          SELECT d.classid AS class, d.objid AS object FROM pg_catalog.pg_depend d
          WHERE d.refclassid = h.class AND d.refobjid = h.object
            AND (h.class = 1255 OR h.class = 1259 AND d.classid = 2618 AND d.deptype = 'n')
          UNION ALL
          SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
          WHERE h.class = 2618 AND d.classid = h.class AND d.objid = h.object
            AND d.deptype = 'i') e)
      SELECT 'read', p.proname FROM hidden h JOIN pg_catalog.pg_proc p ON p.oid = h.object
      WHERE h.class = 1255
      UNION
      SELECT 'read', c.relname FROM hidden h JOIN pg_catalog.pg_class c ON c.oid = h.object
      WHERE h.class = 1259
      UNION
      SELECT 'write', c.relname FROM hidden h
      JOIN pg_catalog.pg_depend d ON d.classid = h.class AND d.objid = h.object
      JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
      WHERE h.class IN (1259, 2604, 2606, 2620) AND d.refclassid = 1259
      UNION
      SELECT 'write', c.relname FROM pg_catalog.pg_class c
      WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p') AND (c.relhasrules OR c.relhassubclass)
      UNION
      SELECT 'write', c.relname FROM pg_catalog.pg_constraint r
      JOIN pg_catalog.pg_class c ON c.oid = r.confrelid
      WHERE r.contype = 'f' AND (r.confupdtype NOT IN ('a', 'r') OR r.confdeltype NOT IN ('a', 'r'))
      UNION
      SELECT 'any', '' FROM hidden h
      WHERE h.class IN (2602, 2603, 2605, 2616, 2617, 2753, 3256)
        OR h.class = 2606 AND EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = h.class AND d.objid = h.object AND d.refclassid = 1247
            AND d.deptype = 'a')""";

  private final Preparer preparer;
  private final LongSupplier nanoClock;

  /** Null if the catalog was not asked. Read by threads that have not the transaction's turn. */
  private volatile Known known;

  HiddenWrites(Preparer preparer, LongSupplier nanoClock) {
    this.preparer = preparer;
    this.nanoClock = nanoClock;
  }

  /**
   * What the catalog has told.
   *
   * @param since when
   * @param anywhere whether any statement may write, through an operator for instance
   * @param whenNamed names of functions and views that may write
   * @param whenWritten names of tables; what writes them may write more
   */
  private record Known(
      long since, boolean anywhere, Set<String> whenNamed, Set<String> whenWritten) {}

  /** Whether a statement may write more than its text shows. */
  boolean mayBeIn(Effect effect) throws SQLException {
    if (effect instanceof Effect.Query query) {
      Known now = known();
      return now.anywhere() || meet(query.names(), now.whenNamed());
    }
    if (effect instanceof Effect.Rows rows) {
      Known now = known();
      return now.anywhere()
          || now.whenWritten().contains(rows.table().name())
          || meet(rows.names(), now.whenNamed());
    }
    return false;
  }

  private static boolean meet(Set<String> names, Set<String> known) {
    if (known.isEmpty()) {
      return false;
    }
    for (String name : names) {
      if (known.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private Known known() throws SQLException {
    Known last = known;
    if (last == null || nanoClock.getAsLong() - last.since() > LONGEST_USE.toNanos()) {
      last = ask();
      known = last;
    }
    return last;
  }

  private Known ask() throws SQLException {
    long since = nanoClock.getAsLong();
    boolean anywhere = false;
    Set<String> whenNamed = new HashSet<>();
    Set<String> whenWritten = new HashSet<>();
    try (PreparedStatement query = preparer.prepare(QUERY);
        ResultSet names = query.executeQuery()) {
      while (names.next()) {
        switch (names.getString(1)) {
          case "read" -> whenNamed.add(names.getString(2));
          case "write" -> whenWritten.add(names.getString(2));
          default -> anywhere = true;
        }
      }
    }
    return anywhere || whenNamed.size() + whenWritten.size() > MOST_NAMES
        ? new Known(since, true, Set.of(), Set.of())
        : new Known(since, false, Set.copyOf(whenNamed), Set.copyOf(whenWritten));
  }

  /** Functions, views or triggers may have been created. */
  void forget() {
    known = null;
  }

  /** Whether there is nothing to forget. Safe for use by several threads. */
  boolean isEmpty() {
    return known == null;
  }
}
