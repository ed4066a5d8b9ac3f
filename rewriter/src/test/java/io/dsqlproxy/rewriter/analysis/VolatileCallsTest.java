package io.dsqlproxy.rewriter.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolatileCallsTest {

  /** Volatile, and found by no call: they return nothing, or what they were given. */
  private static final Set<String> NOT_FOUND =
      Set.of(
          "pg_advisory_lock",
          "pg_advisory_lock_shared",
          "pg_advisory_unlock_all",
          "pg_advisory_xact_lock",
          "pg_advisory_xact_lock_shared",
          "pg_notify",
          "pg_sleep",
          "pg_sleep_for",
          "pg_sleep_until",
          "set_config",
          "setseed",
          "setval");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT random() | random",
        "select RANDOM ( ) | random",
        "INSERT INTO t (id) VALUES (gen_random_uuid()) RETURNING id | gen_random_uuid",
        "SELECT pg_catalog.clock_timestamp() | clock_timestamp",
        "SELECT PG_CATALOG . \"timeofday\" () | timeofday",
        "SELECT \"pg_catalog\".random() | random",
        "UPDATE t SET n = nextval('s'), r = random() | nextval",
        "SELECT currval('s') | currval",
        "SELECT lastval() | lastval",
        "SELECT now(), array_shuffle(a) FROM t | array_shuffle",
        "SELECT setseed(0.5), random_normal() | random_normal",
        "random( | random",
        "SELECT 1 /* ; */ ; SELECT random/* why */(/**/) | random",
        "SELECT * FROM t JOIN u ON random() < 0.5 | random",
      })
  void theFirstCallOfAnotherValueEachTimeIsFound(String sql, String function) {
    assertThat(VolatileCalls.firstIn(sql)).contains(function);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "(",
        "SELECT random FROM t",
        "SELECT 'random()', E'\\'random()', $$random()$$",
        "SELECT 1 -- random()",
        "SELECT 1 /* random() */",
        "SELECT \"RANDOM\"()",
        "SELECT app.random(), \"PG_CATALOG\".random(), a.b.random()",
        "SELECT now(), current_timestamp, transaction_timestamp(), pg_backend_pid()",
        "SELECT my_random(), count(*), lower(a) FROM t",
        "SELECT set_config('a', 'b', false), pg_sleep(1), setseed(0), setval('s', 1)",
        "INSERT INTO random (id) VALUES (1)",
        "CREATE TABLE random (id int)",
        "WITH random (id) AS (SELECT 1) SELECT * FROM u AS nextval (id)"
      })
  void whatIsNoSuchCallIsNotFound(String sql) {
    assertThat(VolatileCalls.firstIn(sql)).isEmpty();
  }

  @Test
  void everyVolatileFunctionOfTheCatalogIsFoundApartFromThoseWithoutAValueOfTheirOwn()
      throws IOException {
    for (String line : catalog()) {
      String name = line.substring(0, line.indexOf(' '));
      boolean expected = line.endsWith(" volatile") && !NOT_FOUND.contains(name);
      assertThat(VolatileCalls.firstIn("SELECT " + name + "(a)").isPresent())
          .as(line)
          .isEqualTo(expected);
    }
  }

  @Test
  void whatIsLeftOutIsVolatileInTheCatalog() throws IOException {
    List<String> catalog = catalog();
    assertThat(NOT_FOUND).allMatch(name -> catalog.contains(name + " volatile"));
  }

  private static List<String> catalog() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                FunctionCatalog.class.getResourceAsStream("postgresql-16-functions.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }
}
