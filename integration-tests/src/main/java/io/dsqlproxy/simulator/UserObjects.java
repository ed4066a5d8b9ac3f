package io.dsqlproxy.simulator;

/** Takes the embedded PostgreSQL back to where it was before clients came. */
final class UserObjects {

  static final String REMOVE =
      """
      SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL;
      DELETE FROM sys.jobs;
      DO $$
      DECLARE
        name text;
      BEGIN
        FOR name IN SELECT nspname FROM pg_namespace
                    WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'sys')
        LOOP
          EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
        CREATE SCHEMA public AUTHORIZATION pg_database_owner;
        GRANT USAGE ON SCHEMA public TO PUBLIC;
        FOR name IN SELECT rolname FROM pg_roles
                    WHERE rolname NOT LIKE 'pg\\_%' AND rolname NOT IN ('admin', 'postgres')
        LOOP
          EXECUTE format('DROP OWNED BY %I', name);
          EXECUTE format('DROP ROLE %I', name);
        END LOOP;
      END $$
      """;

  private UserObjects() {}
}
