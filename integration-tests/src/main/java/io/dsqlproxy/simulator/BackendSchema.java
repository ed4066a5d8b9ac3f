package io.dsqlproxy.simulator;

/** The SQL objects that the simulator adds to PostgreSQL: DSQL's {@code sys} schema and helpers. */
final class BackendSchema {

  static final String SCRIPT =
      """
      CREATE ROLE admin SUPERUSER LOGIN;
      CREATE SCHEMA sys;
      CREATE EXTENSION pgrowlocks SCHEMA sys;
      CREATE EXTENSION pageinspect SCHEMA sys;
      GRANT USAGE ON SCHEMA sys TO PUBLIC;

      CREATE FUNCTION sys.simulator_name(relation oid) RETURNS text LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN (SELECT format('%I.%I', n.nspname, k.relname)
          FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = relation);
      END $$;

      -- The identifiers of this transaction and of its subtransactions.
      CREATE FUNCTION sys.simulator_own() RETURNS xid[] LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN ARRAY(SELECT transactionid FROM pg_locks
          WHERE locktype = 'transactionid' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock');
      END $$;
      """;

  private BackendSchema() {}
}
