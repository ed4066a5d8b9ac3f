package io.dsqlproxy.simulator;

/** The SQL objects that the simulator adds to PostgreSQL: DSQL's {@code sys} schema and helpers. */
final class BackendSchema {

  static final String SCRIPT =
      """
      CREATE ROLE admin SUPERUSER LOGIN;
      CREATE SCHEMA sys;
      GRANT USAGE ON SCHEMA sys TO PUBLIC;
      CREATE TABLE sys.jobs (
        job_id text, status text, details text, job_type text, class_id oid, object_id oid,
        object_name text, start_time timestamptz, update_time timestamptz);
      GRANT SELECT ON sys.jobs TO PUBLIC;
      CREATE PROCEDURE sys.wait_for_job(IN job_id text, INOUT succeeded boolean DEFAULT true)
        LANGUAGE sql AS $$ SELECT true $$;

      -- A private copy of a table, from the transaction's own snapshot. It is found before the table
      -- itself, because pg_temp comes first in the search path.
      CREATE FUNCTION sys.simulator_shadow(tables oid[]) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        t record;
        c record;
        columns text;
      BEGIN
        FOR t IN SELECT k.oid, k.relname, k.oid::regclass::text AS source
                 FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
                 WHERE k.oid = ANY (tables) AND k.relkind = 'r' AND k.relpersistence = 'p'
                   AND n.nspname <> 'pg_catalog'
        LOOP
          CONTINUE WHEN to_regclass('pg_temp.' || quote_ident(t.relname)) IS NOT NULL;
          SELECT format('%I.%I', n.nspname, k.relname) INTO t.source
            FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = t.oid;
          EXECUTE format('CREATE TEMP TABLE %I (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)'
            ' ON COMMIT DROP', t.relname, t.source);
          SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
            WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
          EXECUTE format('INSERT INTO pg_temp.%I (%s) SELECT %s FROM %s',
            t.relname, columns, columns, t.source);
          FOR c IN SELECT attname FROM pg_attribute
                   WHERE attrelid = t.oid AND attidentity <> '' AND NOT attisdropped
          LOOP
            EXECUTE format('ALTER TABLE pg_temp.%I ALTER COLUMN %I SET DEFAULT nextval(%L)',
              t.relname, c.attname, pg_get_serial_sequence(t.source, c.attname));
          END LOOP;
        END LOOP;
      END $$;

      -- Turns the rows that this transaction has locked into new versions of the same rows.
      CREATE FUNCTION sys.simulator_touch(tables oid[]) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        t record;
        mine xid[];
      BEGIN
        SELECT array_agg(transactionid) INTO mine FROM pg_locks
          WHERE locktype = 'transactionid' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock';
        FOR t IN SELECT format('%I.%I', n.nspname, k.relname) AS name,
                   (SELECT attname FROM pg_attribute
                    WHERE attrelid = k.oid AND attnum > 0 AND NOT attisdropped
                      AND attgenerated = '' AND attidentity <> 'a'
                    ORDER BY attnum DESC LIMIT 1) AS attname
                 FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
                 WHERE k.oid = ANY (tables) AND k.relkind = 'r'
        LOOP
          EXECUTE format('UPDATE %s SET %I = %I WHERE xmax = ANY ($1)',
            t.name, t.attname, t.attname) USING mine;
        END LOOP;
      END $$;
      """;

  private BackendSchema() {}
}
