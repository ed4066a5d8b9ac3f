package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.rewriter.analysis.FunctionCatalog;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FunctionCatalogAgainstPostgresTest {

  /** The classes as the catalog's header describes them; what SQL cannot call is left out. */
  private static final String FUNCTIONS =
      """
      SELECT proname,
             CASE WHEN bool_or(prokind = 'a') THEN 'AGGREGATE'
                  WHEN bool_or(prokind = 'w') THEN 'WINDOW'
                  WHEN bool_or(provolatile = 'v') THEN 'VOLATILE'
                  WHEN bool_or(provolatile = 's') THEN 'STABLE'
                  ELSE 'IMMUTABLE' END
        FROM pg_proc
       WHERE pronamespace = 'pg_catalog'::regnamespace
         AND prorettype::regtype::text NOT IN
             ('internal', 'cstring', 'trigger', 'event_trigger', 'language_handler',
              'index_am_handler', 'table_am_handler', 'tsm_handler', 'fdw_handler')
         AND NOT 'internal'::regtype = ANY (proargtypes::oid[])
         AND NOT 'cstring'::regtype = ANY (proargtypes::oid[])
       GROUP BY proname
      """;

  @Test
  void everyFunctionHasTheClassThatTheServerGivesIt() throws Exception {
    int compared = 0;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet functions = statement.executeQuery(FUNCTIONS)) {
      while (functions.next()) {
        assertThat(FunctionCatalog.kind(functions.getString(1)))
            .as(functions.getString(1))
            .hasToString(functions.getString(2).toUpperCase(Locale.ROOT));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(1900);
  }
}
