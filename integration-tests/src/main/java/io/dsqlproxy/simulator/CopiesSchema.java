package io.dsqlproxy.simulator;

/** The SQL objects behind {@link PrivateCopies}. */
final class CopiesSchema {

  static final String SCRIPT =
      """
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

      -- The tables that this transaction may have written or locked, whatever it was that did it.
      CREATE FUNCTION sys.simulator_touched() RETURNS SETOF oid LANGUAGE plpgsql AS $$
      DECLARE
        relations oid[] := ARRAY(
          SELECT DISTINCT sys.simulator_original(k.oid)
          FROM pg_locks l JOIN pg_class k ON k.oid = l.relation
          JOIN pg_namespace n ON n.oid = k.relnamespace
          WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid()
            AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND k.relkind = 'r'
            AND n.nspname NOT IN ('pg_catalog', 'sys', 'pg_toast')
            AND k.relname <> 'simulator_shadows');
      BEGIN
        IF (SELECT count(DISTINCT relname) < count(*) FROM pg_class WHERE oid = ANY (relations)) THEN
          RAISE EXCEPTION 'two tables of the same name cannot both be copied';
        END IF;
        RETURN QUERY SELECT unnest(relations);
      END $$;

      -- The tables in these relations, which may be views.
      CREATE FUNCTION sys.simulator_tables(relations oid[]) RETURNS oid[] LANGUAGE plpgsql AS $$
      BEGIN
        RETURN ARRAY(
          WITH RECURSIVE named (relation) AS (
            SELECT unnest(relations)
            UNION
            SELECT d.refobjid FROM named n JOIN pg_rewrite w ON w.ev_class = n.relation
            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
              AND d.refclassid = 'pg_class'::regclass)
          SELECT k.oid FROM named n JOIN pg_class k ON k.oid = n.relation
          JOIN pg_namespace s ON s.oid = k.relnamespace
          WHERE k.relkind = 'r' AND k.relpersistence = 'p' AND s.nspname <> 'pg_catalog');
      END $$;

      -- These relations, and all that foreign keys connect with them.
      CREATE FUNCTION sys.simulator_related(relations oid[]) RETURNS oid[] LANGUAGE plpgsql AS $$
      BEGIN
        RETURN ARRAY(
          WITH RECURSIVE near (relation) AS (
            SELECT unnest(sys.simulator_tables(relations))
            UNION
            SELECT CASE c.conrelid WHEN n.relation THEN c.confrelid ELSE c.conrelid END
            FROM near n JOIN pg_constraint c ON c.contype = 'f' AND n.relation IN (c.conrelid, c.confrelid))
          SELECT relation FROM near);
      END $$;

      CREATE FUNCTION sys.simulator_begin_copies() RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF to_regclass('pg_temp.simulator_shadows') IS NULL THEN
          CREATE TEMP TABLE pg_temp.simulator_shadows (relation oid, copy oid) ON COMMIT DROP;
        END IF;
      END $$;

      -- A private, empty copy of a table. It is found before the table itself, because pg_temp comes
      -- first in the search path. The row about it in simulator_shadows is written by the same
      -- subtransaction as the rows that count as untouched, which is how they are told apart.
      CREATE FUNCTION sys.simulator_create(relation oid) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        source text := sys.simulator_name(relation);
        shadow text := sys.simulator_shadow_name(relation);
        c record;
      BEGIN
        PERFORM sys.simulator_begin_copies();
        EXECUTE format('CREATE TEMP TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)'
          ' ON COMMIT DROP', shadow, source);
        FOR c IN SELECT attname FROM pg_attribute
                 WHERE attrelid = relation AND attidentity <> '' AND NOT attisdropped
        LOOP
          EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT nextval(%L)',
            shadow, c.attname, pg_get_serial_sequence(source, c.attname));
        END LOOP;
      END $$;

      -- Gives the private copies the foreign keys that lie between them, and copies of the views that
      -- show them. A view finds a table by its identifier, not by its name.
      CREATE FUNCTION sys.simulator_link() RETURNS void LANGUAGE plpgsql
      SET lock_timeout = '1s' SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        c record;
        v record;
        definition text;
      BEGIN
        PERFORM sys.simulator_begin_copies();
        FOR c IN SELECT f.oid, f.conname, child.copy AS child, parent.copy AS parent
                 FROM pg_constraint f
                 JOIN pg_temp.simulator_shadows child ON child.relation = f.conrelid
                 JOIN pg_temp.simulator_shadows parent ON parent.relation = f.confrelid
                 WHERE f.contype = 'f' AND NOT EXISTS (SELECT FROM pg_constraint made
                   WHERE made.conrelid = child.copy AND made.conname = f.conname)
        LOOP
          definition := regexp_replace(pg_get_constraintdef(c.oid), 'REFERENCES [^(]+',
            'REFERENCES ' || sys.simulator_name(c.parent));
          EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
            sys.simulator_name(c.child), c.conname, replace(definition, ' NOT VALID', ''));
        END LOOP;
        FOR v IN WITH RECURSIVE dependent (relation) AS (
                   SELECT relation FROM pg_temp.simulator_shadows
                   UNION
                   SELECT w.ev_class FROM dependent n
                   JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = n.relation
                     AND d.classid = 'pg_rewrite'::regclass
                   JOIN pg_rewrite w ON w.oid = d.objid)
                 SELECT k.oid, array_agg(k.oid) OVER () || ARRAY(
                     SELECT s.relation FROM pg_temp.simulator_shadows s) AS copied
                 FROM dependent n JOIN pg_class k ON k.oid = n.relation
                 WHERE k.relkind = 'v' AND k.relpersistence = 'p' ORDER BY k.oid
        LOOP
          SELECT pg_get_viewdef(v.oid) INTO definition;
          FOR c IN SELECT sys.simulator_name(named) AS original, sys.simulator_shadow_name(named) AS copy
                   FROM unnest(v.copied) named
          LOOP
            definition := regexp_replace(definition,
              '(?<![\\w$])' || regexp_replace(c.original, '(\\W)', '\\\\\\1', 'g') || '(?![\\w$])',
              c.copy, 'g');
          END LOOP;
          EXECUTE format('CREATE OR REPLACE TEMP VIEW %s AS %s',
            replace(sys.simulator_shadow_name(v.oid), 'pg_temp.', ''), definition);
        END LOOP;
      END $$;

      -- Private copies of tables, from the transaction's own snapshot. Here and below, a moment's
      -- wait for the catalog, which is no conflict, must not end what cannot be done by halves.
      CREATE FUNCTION sys.simulator_shadow(relations oid[]) RETURNS void LANGUAGE plpgsql
      SET lock_timeout = '1s' AS $$
      DECLARE
        t oid;
        fill text;
        own xid[] := sys.simulator_own();
        held tid[];
      BEGIN
        FOREACH t IN ARRAY sys.simulator_tables(relations) LOOP
          CONTINUE WHEN to_regclass(sys.simulator_shadow_name(t)) IS NOT NULL;
          held := coalesce((sys.simulator_held(sys.simulator_name(t), own)).exclusive, '{}');
          PERFORM sys.simulator_create(t);
          fill := format('INSERT INTO %s (%s) SELECT %2$s FROM %s r WHERE $3 ='
            ' (r.xmin = ANY ($1) OR r.ctid = ANY ($2))', sys.simulator_shadow_name(t),
            sys.simulator_columns(t, '', true), sys.simulator_name(t));
          BEGIN
            INSERT INTO pg_temp.simulator_shadows
              VALUES (t, to_regclass(sys.simulator_shadow_name(t)));
            EXECUTE fill USING own, held, false;
          EXCEPTION WHEN query_canceled THEN
            RAISE;
          END;
          BEGIN
            EXECUTE fill USING own, held, true;
          EXCEPTION WHEN query_canceled THEN
            RAISE;
          END;
          PERFORM sys.simulator_watch(to_regclass(sys.simulator_shadow_name(t)), t);
        END LOOP;
        PERFORM sys.simulator_link();
      END $$;

      -- Copies those of the relations that a foreign key connects with a private copy: it could not
      -- be checked between a table and a copy. Whether there were any.
      CREATE FUNCTION sys.simulator_follow(relations oid[]) RETURNS boolean LANGUAGE plpgsql AS $$
      DECLARE
        followers oid[] := ARRAY(
          SELECT t FROM unnest(sys.simulator_tables(relations)) t
          WHERE to_regclass(sys.simulator_shadow_name(t)) IS NULL
            AND sys.simulator_match(t) IS NOT NULL
            AND EXISTS (SELECT FROM pg_constraint c JOIN pg_temp.simulator_shadows s
              ON s.relation IN (c.conrelid, c.confrelid)
              WHERE c.contype = 'f' AND t IN (c.conrelid, c.confrelid)));
      BEGIN
        IF followers <> '{}' THEN
          PERFORM sys.simulator_shadow(followers);
        END IF;
        RETURN followers <> '{}';
      END $$;

      -- A statement that names a table with its schema passes by the private copy. What it has done
      -- would be lost if the copy were taken for the whole.
      CREATE FUNCTION sys.simulator_refuse_bypass(relation oid) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        source text := sys.simulator_name(relation);
        shadow text := sys.simulator_shadow_name(relation);
        same text := sys.simulator_match(relation);
        loaded xid := (SELECT s.xmin FROM pg_temp.simulator_shadows s WHERE s.relation = $1);
        bypassed boolean;
      BEGIN
        EXECUTE format('SELECT EXISTS (SELECT FROM %1$s r WHERE r.xmin = ANY ($1)'
            '   AND NOT EXISTS (SELECT FROM %2$s s WHERE %3$s AND s::text = r::text))'
            ' OR EXISTS (SELECT FROM %2$s s WHERE s.xmin = $2'
            '   AND NOT EXISTS (SELECT FROM %1$s r WHERE %3$s))', source, shadow, same)
          INTO bypassed USING sys.simulator_own(), loaded;
        IF bypassed THEN
          RAISE EXCEPTION 'the private copy of % was passed by', source;
        END IF;
      END $$;

      -- What this transaction sees in a table, and which rows of it it has written or holds FOR
      -- UPDATE. NULL for a table without a primary key, whose rows cannot be told apart later.
      CREATE FUNCTION sys.simulator_export(relation oid, OUT untouched text[], OUT touched text[])
      LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
      DECLARE
        source text := sys.simulator_name($1);
        mark text := '(r.xmin = ANY ($1) OR r.ctid = ANY ($2))';
        own xid[] := sys.simulator_own();
        written xid[] := own;
      BEGIN
        IF sys.simulator_match($1) IS NULL THEN
          RETURN;
        END IF;
        IF to_regclass(sys.simulator_shadow_name($1)) IS NOT NULL THEN
          PERFORM sys.simulator_refuse_bypass($1);
          source := sys.simulator_shadow_name($1);
          written := ARRAY(SELECT s.xmin FROM pg_temp.simulator_shadows s WHERE s.relation = $1);
          mark := '(r.xmin <> ALL ($1) OR r.ctid = ANY ($2))';
        END IF;
        EXECUTE format('SELECT coalesce(array_agg(r::text) FILTER (WHERE NOT %1$s), ''{}''),'
          ' coalesce(array_agg(r::text) FILTER (WHERE %1$s), ''{}'') FROM %2$s r', mark, source)
          INTO untouched, touched
          USING written, coalesce((sys.simulator_held(source, own)).exclusive, '{}');
      END $$;

      CREATE FUNCTION sys.simulator_shadowed(OUT relation oid, OUT copy oid) RETURNS SETOF record
      LANGUAGE plpgsql AS $$
      BEGIN
        RETURN QUERY SELECT s.relation, s.copy FROM pg_temp.simulator_shadows s;
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
      DECLARE
        copy oid;
      BEGIN
        PERFORM sys.simulator_create(relation);
        copy := to_regclass(sys.simulator_shadow_name(relation));
        BEGIN
          INSERT INTO pg_temp.simulator_shadows VALUES (relation, copy);
          PERFORM sys.simulator_load(relation, untouched);
        EXCEPTION WHEN query_canceled THEN
          RAISE;
        END;
        BEGIN
          PERFORM sys.simulator_load(relation, touched);
        EXCEPTION WHEN query_canceled THEN
          RAISE;
        END;
        PERFORM sys.simulator_watch(copy, relation);
      END $$;

      -- Brings what was done to private copies into the tables, where conflicts are found. Tables
      -- that refer to others are taken to be younger than those.
      CREATE FUNCTION sys.simulator_materialise() RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        t record;
        mark text;
        own xid[] := sys.simulator_own();
      BEGIN
        FOR t IN SELECT relation FROM pg_temp.simulator_shadows ORDER BY relation DESC LOOP
          EXECUTE format('DELETE FROM %s r WHERE r.xmin <> ALL ($1)'
            ' AND NOT EXISTS (SELECT FROM %s s WHERE %s)',
            sys.simulator_name(t.relation), sys.simulator_shadow_name(t.relation),
            sys.simulator_match(t.relation)) USING own;
        END LOOP;
        FOR t IN SELECT relation, xmin AS loaded FROM pg_temp.simulator_shadows ORDER BY relation
        LOOP
          mark := format('(s.xmin <> %L::xid OR s.ctid = ANY (%L::tid[]))', t.loaded,
            coalesce((sys.simulator_held(sys.simulator_shadow_name(t.relation), own)).exclusive, '{}'));
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
      """;

  private CopiesSchema() {}
}
