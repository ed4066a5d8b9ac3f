package io.dsqlproxy.simulator;

/** The SQL objects that the simulator adds to PostgreSQL: DSQL's {@code sys} schema and helpers. */
final class BackendSchema {

  static final String SCRIPT =
      """
      CREATE ROLE admin SUPERUSER LOGIN;
      CREATE SCHEMA sys;
      CREATE EXTENSION pgrowlocks SCHEMA sys;
      GRANT USAGE ON SCHEMA sys TO PUBLIC;

      CREATE FUNCTION sys.simulator_name(relation oid) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT format('%I.%I', n.nspname, k.relname)
        FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = relation $$;

      CREATE FUNCTION sys.simulator_shadow_name(relation oid) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT format('pg_temp.%I', relname) FROM pg_class WHERE oid = relation $$;

      -- The columns that can be written, each behind the prefix.
      CREATE FUNCTION sys.simulator_columns(relation oid, prefix text, always boolean)
      RETURNS text LANGUAGE sql STABLE AS $$
        SELECT string_agg(prefix || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND (always OR attidentity <> 'a') $$;

      -- The condition that row r of the table and row s of its shadow have the same primary key.
      CREATE FUNCTION sys.simulator_match(relation oid) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT string_agg(format('r.%1$I = s.%1$I', a.attname), ' AND ')
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = relation AND i.indisprimary $$;

      -- The identifiers of this transaction and of its subtransactions.
      CREATE FUNCTION sys.simulator_own() RETURNS xid[] LANGUAGE sql AS $$
        SELECT array_agg(transactionid) FROM pg_locks
        WHERE locktype = 'transactionid' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock' $$;

      -- The rows that it has locked FOR UPDATE. Their xmax would not tell: it may be shared by several
      -- subtransactions, and a foreign key's FOR KEY SHARE looks the same.
      CREATE FUNCTION sys.simulator_locked(source text, own xid[]) RETURNS tid[] LANGUAGE sql AS $$
        SELECT array_agg(locked_row) FROM sys.pgrowlocks(source)
        WHERE xids && own AND 'For Update' = ANY (modes) $$;

      -- A private, empty copy of a table. It is found before the table itself, because pg_temp comes
      -- first in the search path. The row about it in simulator_shadows is written by the same
      -- subtransaction as the rows that count as untouched, which is how they are told apart.
      CREATE FUNCTION sys.simulator_create(relation oid) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        source text := sys.simulator_name(relation);
        shadow text := sys.simulator_shadow_name(relation);
        c record;
      BEGIN
        IF to_regclass('pg_temp.simulator_shadows') IS NULL THEN
          CREATE TEMP TABLE simulator_shadows (relation oid) ON COMMIT DROP;
        END IF;
        EXECUTE format('CREATE TEMP TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)'
          ' ON COMMIT DROP', shadow, source);
        FOR c IN SELECT attname FROM pg_attribute
                 WHERE attrelid = relation AND attidentity <> '' AND NOT attisdropped
        LOOP
          EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L)',
            shadow, c.attname, pg_get_serial_sequence(source, c.attname));
        END LOOP;
      END $$;

      -- Private copies of tables, from the transaction's own snapshot. Here and below, a moment's
      -- wait for the catalog, which is no conflict, must not end what cannot be done by halves.
      CREATE FUNCTION sys.simulator_shadow(relations oid[]) RETURNS void LANGUAGE plpgsql
      SET lock_timeout = '1s' AS $$
      DECLARE
        t oid;
      BEGIN
        FOR t IN SELECT k.oid FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
                 WHERE k.oid = ANY (relations) AND k.relkind = 'r' AND k.relpersistence = 'p'
                   AND n.nspname <> 'pg_catalog'
        LOOP
          CONTINUE WHEN to_regclass(sys.simulator_shadow_name(t)) IS NOT NULL;
          PERFORM sys.simulator_create(t);
          BEGIN
            INSERT INTO pg_temp.simulator_shadows VALUES (t);
            EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s', sys.simulator_shadow_name(t),
              sys.simulator_columns(t, '', true), sys.simulator_columns(t, '', true),
              sys.simulator_name(t));
          EXCEPTION WHEN query_canceled THEN
            RAISE;
          END;
        END LOOP;
      END $$;

      -- What this transaction sees in a table, and which rows of it it has written or locked. NULL
      -- for a table without a primary key, whose rows cannot be told apart later.
      CREATE FUNCTION sys.simulator_export(relation oid, OUT untouched text[], OUT touched text[])
      LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
      DECLARE
        source text := sys.simulator_name($1);
        mark text := '(r.xmin = ANY ($1) OR r.ctid = ANY ($2))';
        own xid[] := sys.simulator_own();
        locked tid[];
      BEGIN
        IF sys.simulator_match($1) IS NULL THEN
          RETURN;
        END IF;
        IF to_regclass(sys.simulator_shadow_name($1)) IS NOT NULL THEN
          source := sys.simulator_shadow_name($1);
          own := ARRAY(SELECT s.xmin FROM pg_temp.simulator_shadows s WHERE s.relation = $1);
          mark := '(r.xmin <> ALL ($1) OR r.xmax::text <> ''0'')';
        ELSE
          locked := sys.simulator_locked(source, own);
        END IF;
        EXECUTE format('SELECT coalesce(array_agg(r::text) FILTER (WHERE NOT %1$s), ''{}''),'
          ' coalesce(array_agg(r::text) FILTER (WHERE %1$s), ''{}'') FROM %2$s r', mark, source)
          INTO untouched, touched USING coalesce(own, '{}'), coalesce(locked, '{}');
      END $$;

      CREATE FUNCTION sys.simulator_shadowed() RETURNS SETOF oid LANGUAGE plpgsql AS $$
      BEGIN
        RETURN QUERY SELECT s.relation FROM pg_temp.simulator_shadows s;
      END $$;

      CREATE FUNCTION sys.simulator_load(relation oid, content text[]) RETURNS void
      LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %3$s'
          ' FROM (SELECT t::%1$s AS c FROM unnest($1) t OFFSET 0) x',
          sys.simulator_shadow_name(relation), sys.simulator_columns(relation, '', true),
          sys.simulator_columns(relation, '(x.c).', true)) USING content;
      END $$;

      -- A private copy of a table with the content that was exported before.
      CREATE FUNCTION sys.simulator_import(relation oid, untouched text[], touched text[])
      RETURNS void LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
      BEGIN
        PERFORM sys.simulator_create(relation);
        BEGIN
          INSERT INTO pg_temp.simulator_shadows VALUES (relation);
          PERFORM sys.simulator_load(relation, untouched);
        EXCEPTION WHEN query_canceled THEN
          RAISE;
        END;
        BEGIN
          PERFORM sys.simulator_load(relation, touched);
        EXCEPTION WHEN query_canceled THEN
          RAISE;
        END;
      END $$;

      -- Brings what was done to private copies into the tables, where conflicts are found. Tables
      -- that refer to others are taken to be younger than those.
      CREATE FUNCTION sys.simulator_materialise() RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        t record;
        mark text;
        own xid[] := coalesce(sys.simulator_own(), '{}');
      BEGIN
        FOR t IN SELECT relation FROM pg_temp.simulator_shadows ORDER BY relation DESC LOOP
          EXECUTE format('DELETE FROM %s r WHERE r.xmin <> ALL ($1)'
            ' AND NOT EXISTS (SELECT FROM %s s WHERE %s)',
            sys.simulator_name(t.relation), sys.simulator_shadow_name(t.relation),
            sys.simulator_match(t.relation)) USING own;
        END LOOP;
        FOR t IN SELECT relation, xmin AS loaded FROM pg_temp.simulator_shadows ORDER BY relation
        LOOP
          mark := format('(s.xmin <> %L::xid OR s.xmax::text <> ''0'')', t.loaded);
          EXECUTE format('UPDATE %s r SET (%s) = ROW (%s) FROM %s s WHERE %s AND %s',
            sys.simulator_name(t.relation), sys.simulator_columns(t.relation, '', false),
            sys.simulator_columns(t.relation, 's.', false),
            sys.simulator_shadow_name(t.relation), sys.simulator_match(t.relation), mark);
          EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s s'
            ' WHERE %s AND NOT EXISTS (SELECT FROM %s r WHERE %s)',
            sys.simulator_name(t.relation), sys.simulator_columns(t.relation, '', true),
            sys.simulator_columns(t.relation, 's.', true),
            sys.simulator_shadow_name(t.relation),
            mark, sys.simulator_name(t.relation), sys.simulator_match(t.relation));
        END LOOP;
      END $$;

      -- Turns the rows that this transaction has locked into new versions of the same rows.
      CREATE FUNCTION sys.simulator_touch(tables oid[]) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        t record;
        mine xid[] := sys.simulator_own();
      BEGIN
        FOR t IN SELECT format('%I.%I', n.nspname, k.relname) AS name,
                   (SELECT attname FROM pg_attribute
                    WHERE attrelid = k.oid AND attnum > 0 AND NOT attisdropped
                      AND attgenerated = '' AND attidentity <> 'a'
                    ORDER BY attnum DESC LIMIT 1) AS attname
                 FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
                 WHERE k.oid = ANY (tables) AND k.relkind = 'r'
        LOOP
          EXECUTE format('UPDATE %s SET %I = %I WHERE ctid = ANY ($1)',
            t.name, t.attname, t.attname) USING sys.simulator_locked(t.name, mine);
        END LOOP;
      END $$;
      """;

  private BackendSchema() {}
}
