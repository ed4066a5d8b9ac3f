package io.dsqlproxy.facts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A recorded answer of the service to a locking clause. Immutable.
 *
 * @param id as the recording names it
 * @param sql the statement
 * @param outcome "ok" or "err:SQLSTATE:message"
 * @param confidence measured, reported, inferred …
 */
public record LockingFact(String id, String sql, String outcome, String confidence) {

  /** What {@link #createTables()} makes, for the statements to be run. */
  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE t (id int PRIMARY KEY, s text)",
          "CREATE TABLE u (id int PRIMARY KEY)",
          "CREATE TABLE two (a int PRIMARY KEY)",
          "CREATE TABLE nokey (a int, s text)",
          "CREATE TABLE baseline_parent (id text PRIMARY KEY, name text)",
          "INSERT INTO t VALUES (1, 'a'), (2, 'b')");

  /** Refused on 2026-08-18 and accepted since 2026-08-25. */
  private static final Set<String> SUPERSEDED = Set.of("L20", "L27");

  /** Recorded without the full text. */
  private static final Map<String, String> COMPLETED =
      Map.of(
          "L32", "SELECT s FROM t WHERE id = '1' FOR UPDATE",
          "L33", "SELECT s FROM t FOR UPDATE",
          "L34", "SELECT s FROM t FOR UPDATE NOWAIT",
          "L35", "SELECT s FROM t FOR UPDATE SKIP LOCKED",
          "L36", "SELECT s FROM t WHERE id = '1' FOR KEY SHARE",
          "L37", "SELECT s FROM t FOR KEY SHARE",
          "L38", "SELECT s FROM t FOR KEY SHARE NOWAIT",
          "L39", "SELECT s FROM t FOR KEY SHARE SKIP LOCKED",
          "L40", "SELECT s FROM t FOR SHARE",
          "L41", "SELECT s FROM t FOR NO KEY UPDATE");

  /** The facts that give a whole statement and a whole answer of the service as it is today. */
  public static List<LockingFact> concrete() throws IOException {
    List<LockingFact> facts = all();
    List<LockingFact> concrete = facts.stream().filter(LockingFact::isConcrete).toList();
    if (facts.size() < 70 || concrete.size() < 40) {
      throw new IllegalStateException("facts are missing from locking.tsv");
    }
    return concrete;
  }

  /** The statements that make the tables which the facts are about. */
  public static List<String> createTables() {
    return TABLES;
  }

  /** The statement as JDBC takes it. */
  public String jdbcSql() {
    return sql.replace("$1", "?");
  }

  private boolean isConcrete() {
    return Set.of("measured", "reported").contains(confidence)
        && (outcome.equals("ok") || outcome.startsWith("err:"))
        && !sql.contains("...")
        && !SUPERSEDED.contains(id);
  }

  private static List<LockingFact> all() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                LockingFact.class.getResourceAsStream("/facts/locking.tsv"),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(line -> fact(line.split("\t", -1))).toList();
    }
  }

  private static LockingFact fact(String[] columns) {
    String sql = COMPLETED.getOrDefault(columns[0], columns[3]);
    return new LockingFact(columns[0], sql, columns[4], columns[7]);
  }
}
