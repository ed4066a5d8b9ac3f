package io.dsqlproxy.simulator;

/**
 * The SQL objects that tell what a transaction claims: the keys that it has written or locked. What
 * it writes is noted by triggers on every table, out of sight and in a parameter that follows its
 * savepoints; what it has locked is read from the rows.
 */
final class ClaimsSchema {

  static final String SCRIPT =
      """
      -- One number for each key of row r of a table, as an expression to be built into a query: its
      -- columns under each unique index. NULL for a table that has none.
      CREATE FUNCTION sys.simulator_keys(relation oid) RETURNS text LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN (
          SELECT 'ARRAY[' || string_agg(
              format('CASE WHEN %s THEN hash_record_extended(ROW(%s), %s) END',
                CASE WHEN i.indnullsnotdistinct THEN 'true'
                  ELSE format('num_nulls(%s) = 0', c.names) END,
                c.names, i.indexrelid), ', ') || ']'
          FROM pg_index i, LATERAL (
            SELECT string_agg('r.' || pg_get_indexdef(i.indexrelid, place, false), ', ') AS names
            FROM generate_series(1, i.indnkeyatts) place) c
          WHERE i.indrelid = relation AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL);
      END $$;

      -- Notes the keys that a statement has inserted, deleted, or changed: the old and the new ones.
      CREATE FUNCTION sys.simulator_note() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET debug_print_parse = off AS $$
      DECLARE
        keys text := sys.simulator_keys(TG_ARGV[0]::oid);
        noted text;
      BEGIN
        IF keys IS NULL THEN
          RETURN NULL;
        END IF;
        EXECUTE format('SELECT string_agg(k::text, '' '') FROM (' || CASE TG_OP
            WHEN 'INSERT' THEN 'SELECT %s FROM new_rows r'
            WHEN 'DELETE' THEN 'SELECT %s FROM old_rows r'
            ELSE '(SELECT %1$s FROM old_rows r EXCEPT SELECT %1$s FROM new_rows r)'
              ' UNION ALL (SELECT %1$s FROM new_rows r EXCEPT SELECT %1$s FROM old_rows r)'
            END || ') d (keys), unnest(d.keys) k', keys) INTO noted;
        IF noted IS NOT NULL THEN
          PERFORM set_config('dsql_simulator.written',
            concat_ws(' ', current_setting('dsql_simulator.written', true), noted), true);
        END IF;
        RETURN NULL;
      END $$;

      -- Has the writes to this table, which may be a private copy, noted as writes to the relation.
      CREATE FUNCTION sys.simulator_watch(watched oid, relation oid) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        e record;
      BEGIN
        FOR e IN SELECT * FROM (VALUES ('INSERT', 'NEW TABLE AS new_rows'),
                   ('UPDATE', 'OLD TABLE AS old_rows NEW TABLE AS new_rows'),
                   ('DELETE', 'OLD TABLE AS old_rows')) v (command, rows)
        LOOP
          EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT'
            ' EXECUTE FUNCTION sys.simulator_note(%L)', 'simulator_' || lower(e.command), e.command,
            sys.simulator_name(watched), e.rows, relation);
        END LOOP;
        UPDATE pg_trigger SET tgisinternal = true
          WHERE tgrelid = watched AND tgfoid = 'sys.simulator_note'::regproc;
      END $$;

      -- A foreign key makes the table appear a second time, as altered.
      CREATE FUNCTION sys.simulator_watch_created() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        PERFORM sys.simulator_watch(k.oid, k.oid)
          FROM pg_event_trigger_ddl_commands() c JOIN pg_class k ON k.oid = c.objid
          WHERE c.classid = 'pg_class'::regclass AND c.command_tag <> 'ALTER TABLE'
            AND k.relkind = 'r' AND k.relpersistence = 'p';
      END $$;
      CREATE EVENT TRIGGER simulator_created ON ddl_command_end
        WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
        EXECUTE FUNCTION sys.simulator_watch_created();

      -- Those of these rows, new versions made by this transaction, whose older version it held FOR
      -- UPDATE: of that lock the new version keeps no more than FOR KEY SHARE, whereas the old one is
      -- marked as one whose keys have changed.
      CREATE FUNCTION sys.simulator_held_before(source text, own xid[], rows tid[]) RETURNS tid[]
      LANGUAGE sql AS $$
        WITH RECURSIVE version AS MATERIALIZED (
          SELECT format('(%s,%s)', block, lp)::tid AS place, t_ctid AS next,
            t_infomask2 & 8192 <> 0 AS was_held, t_xmin = ANY (own) AS is_own
          FROM generate_series(0, pg_relation_size(source) / 8192 - 1) block,
            sys.heap_page_items(sys.get_raw_page(source, block))
          WHERE t_ctid IS NOT NULL),
        update_by_own AS MATERIALIZED (
          SELECT v.place, v.next, v.was_held FROM version v JOIN version n ON n.place = v.next
          WHERE n.is_own AND v.place <> v.next),
        successor (place) AS (
          SELECT next FROM update_by_own WHERE was_held
          UNION
          SELECT u.next FROM successor s JOIN update_by_own u ON u.place = s.place)
        SELECT array_agg(place) FROM successor WHERE place = ANY (rows) $$;

      -- The rows of a table that this transaction holds FOR UPDATE, and FOR KEY SHARE. A row's xmax
      -- alone would not tell: it may be shared by several transactions and subtransactions.
      CREATE FUNCTION sys.simulator_held(source text, own xid[], OUT exclusive tid[],
        OUT shared tid[])
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        updated tid[];
      BEGIN
        SELECT array_agg(l.locked_row) FILTER (WHERE h.mode = 'For Update'),
               array_agg(l.locked_row) FILTER (WHERE h.mode IN ('Key Share', 'For Key Share'))
          INTO exclusive, shared
          FROM sys.pgrowlocks(source) l, unnest(l.xids, l.modes) h (holder, mode)
          WHERE h.holder = ANY (own);
        IF shared IS NOT NULL THEN
          EXECUTE format('SELECT array_agg(r.ctid) FROM %s r'
              ' WHERE r.ctid = ANY ($1) AND r.xmin = ANY ($2)', source)
            INTO updated USING shared, own;
          IF updated IS NOT NULL THEN
            exclusive := exclusive || sys.simulator_held_before(source, own, updated);
          END IF;
        END IF;
      END $$;

      -- The relation behind a private copy; any other is its own.
      CREATE FUNCTION sys.simulator_original(copy oid) RETURNS oid LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF to_regclass('pg_temp.simulator_shadows') IS NULL THEN
          RETURN $1;
        END IF;
        RETURN coalesce((SELECT s.relation FROM pg_temp.simulator_shadows s WHERE s.copy = $1), $1);
      END $$;

      CREATE FUNCTION sys.simulator_keys_of(relation oid, rows tid[]) RETURNS text
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        keys text := sys.simulator_keys(sys.simulator_original(relation));
        found_keys text;
      BEGIN
        IF keys IS NOT NULL AND rows IS NOT NULL THEN
          EXECUTE format('SELECT string_agg(k.k::text, '' '') FROM %s r, unnest(%s) k'
            ' WHERE r.ctid = ANY ($1)', sys.simulator_name(relation), keys)
            INTO found_keys USING rows;
        END IF;
        RETURN found_keys;
      END $$;

      -- Turns rows into new versions of the same rows.
      CREATE FUNCTION sys.simulator_touch(relation oid, rows tid[]) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        attribute name;
      BEGIN
        SELECT attname INTO attribute FROM pg_attribute
          WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
            AND attgenerated = '' AND attidentity <> 'a'
          ORDER BY attnum DESC LIMIT 1;
        IF FOUND AND rows IS NOT NULL THEN
          EXECUTE format('UPDATE %s SET %I = %2$I WHERE ctid = ANY ($1)',
            sys.simulator_name(relation), attribute) USING rows;
        END IF;
      END $$;

      -- The oldest transaction that a snapshot of any session may not see.
      CREATE FUNCTION sys.simulator_oldest() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
        SELECT min(backend_xmin::text::bigint) FROM pg_stat_activity $$;

      -- What this transaction claims, and the snapshot that decides what it may claim. If it is
      -- about to end, the rows that it holds FOR UPDATE become new versions. PostgreSQL has a lock on
      -- every table with a row that is locked, be it through a view, a function or a foreign key.
      CREATE FUNCTION sys.simulator_claims(ending boolean, OUT transaction xid8,
        OUT snapshot pg_snapshot, OUT exclusive text, OUT shared text)
      LANGUAGE plpgsql SECURITY DEFINER SET debug_print_parse = off AS $$
      DECLARE
        t record;
        held record;
        own xid[];
      BEGIN
        transaction := pg_current_xact_id_if_assigned();
        snapshot := pg_current_snapshot();
        exclusive := current_setting('dsql_simulator.written', true);
        IF transaction IS NULL THEN
          RETURN;
        END IF;
        FOR t IN SELECT k.oid, k.relpersistence = 't' AS copied
                 FROM pg_locks l JOIN pg_class k ON k.oid = l.relation
                 WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid()
                   AND l.mode = 'RowShareLock' AND k.relkind = 'r' AND k.oid >= 16384
        LOOP
          own := coalesce(own, sys.simulator_own());
          held := sys.simulator_held(sys.simulator_name(t.oid), own);
          exclusive := concat_ws(' ', exclusive, sys.simulator_keys_of(t.oid, held.exclusive));
          shared := concat_ws(' ', shared, sys.simulator_keys_of(t.oid, held.shared));
          IF ending AND NOT t.copied THEN
            PERFORM sys.simulator_touch(t.oid, held.exclusive);
          END IF;
        END LOOP;
      END $$;
      """;

  private ClaimsSchema() {}
}
