package io.dsqlproxy.simulator;

/** What DSQL's catalog lacks, or has otherwise than PostgreSQL's. */
final class CatalogSchema {

  static final String SCRIPT =
      """
      CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE
        AS $$ SELECT 'PostgreSQL 16' $$;

      DO $$
      DECLARE
        configuration text;
      BEGIN
        FOR configuration IN SELECT cfgname FROM pg_ts_config WHERE cfgname <> 'simple' LOOP
          EXECUTE format('DROP TEXT SEARCH CONFIGURATION pg_catalog.%I', configuration);
        END LOOP;
      END $$;
      """;

  private CatalogSchema() {}
}
