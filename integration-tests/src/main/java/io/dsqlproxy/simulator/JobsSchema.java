package io.dsqlproxy.simulator;

/** The SQL objects behind asynchronous work: DSQL's {@code sys.jobs}, and how a job is done. */
final class JobsSchema {

  static final String SCRIPT =
      """
      CREATE TABLE sys.jobs (
        job_id text, status text, details text, job_type text, class_id oid, object_id oid,
        object_name text, start_time timestamptz, update_time timestamptz);
      GRANT SELECT ON sys.jobs TO PUBLIC;

      CREATE PROCEDURE sys.wait_for_job(IN job_id text, INOUT succeeded boolean DEFAULT true)
      LANGUAGE plpgsql AS $$
      BEGIN
        IF $1 !~ '^[a-z2-7]{26}$' THEN
          RAISE EXCEPTION 'Unable to convert text to UUID' USING ERRCODE = '22P02';
        END IF;
        SELECT j.status = 'completed' INTO succeeded FROM sys.jobs j WHERE j.job_id = $1;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'job "%" does not exist', $1 USING ERRCODE = '22023';
        END IF;
      END $$;

      -- The index that this transaction has just made on the table is not valid before its job is
      -- done. A unique one was made without UNIQUE, so that duplicates fail the job, not the
      -- statement; from now on they are found when they are written.
      CREATE FUNCTION sys.simulator_submit_index(id text, relation text, name text, uniquely boolean)
      RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        made oid;
        found_name text;
      BEGIN
        SELECT k.oid, format('%I.%I', n.nspname, k.relname) INTO made, found_name
          FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
          JOIN pg_namespace n ON n.oid = k.relnamespace
          WHERE i.indrelid = to_regclass(relation) AND name IN ('', k.relname)
          ORDER BY k.oid DESC LIMIT 1;
        UPDATE pg_index SET indisunique = uniquely, indisvalid = false
          WHERE indexrelid = made AND xmin = ANY (sys.simulator_own());
        INSERT INTO sys.jobs VALUES (id, 'submitted', '', 'INDEX_BUILD', 'pg_class'::regclass, made,
          found_name, now(), now());
      END $$;

      CREATE FUNCTION sys.simulator_submit_validation(id text, relation text, name text)
      RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        checked oid;
      BEGIN
        SELECT c.oid INTO checked FROM pg_constraint c
          WHERE c.conrelid = relation::regclass AND c.conname = name;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'constraint "%" of relation "%" does not exist', name,
            (SELECT relname FROM pg_class WHERE oid = relation::regclass) USING ERRCODE = '42704';
        END IF;
        INSERT INTO sys.jobs VALUES (id, 'submitted', '', 'VALIDATE_CONSTRAINT',
          'pg_constraint'::regclass, checked, name, now(), now());
      END $$;

      -- Makes the index valid, or fails. Duplicates are looked for in a copy of the table: building
      -- the index again would have to wait for those who write. What they write, it sees itself.
      CREATE FUNCTION sys.simulator_finish_index(built oid) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        index record;
      BEGIN
        SELECT i.indisunique, i.indrelid::regclass AS source, pg_get_indexdef(built) AS definition,
          format('%I.%I', n.nspname, k.relname) AS qualified INTO index
          FROM pg_index i JOIN pg_class k ON k.oid = i.indrelid
          JOIN pg_namespace n ON n.oid = k.relnamespace
          WHERE i.indexrelid = built AND NOT i.indisvalid;
        IF FOUND THEN
          EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', index.source);
          IF index.indisunique THEN
            EXECUTE format('CREATE TEMP TABLE simulator_checked AS SELECT * FROM %s', index.source);
            EXECUTE replace(index.definition, format(' ON %s ', index.qualified),
              ' ON pg_temp.simulator_checked ');
            DROP TABLE pg_temp.simulator_checked;
          END IF;
          UPDATE pg_index SET indisvalid = true WHERE indexrelid = built;
        END IF;
      END $$;

      -- Does a job; answers its status. It stays submitted while another session is in the way.
      CREATE FUNCTION sys.simulator_run_job(id text) RETURNS text
      LANGUAGE plpgsql SET lock_timeout = '20ms' AS $$
      DECLARE
        job sys.jobs;
        command text;
        outcome text := 'completed';
        explanation text := '';
      BEGIN
        SELECT * INTO job FROM sys.jobs j WHERE j.job_id = id;
        IF job.status IS DISTINCT FROM 'submitted' THEN
          RETURN job.status;
        END IF;
        BEGIN
          IF job.job_type = 'INDEX_BUILD' THEN
            PERFORM sys.simulator_finish_index(job.object_id);
          ELSE
            SELECT format('ALTER TABLE %s VALIDATE CONSTRAINT %I', conrelid::regclass, conname)
              INTO command FROM pg_constraint WHERE oid = job.object_id;
            EXECUTE coalesce(command, 'SELECT');
          END IF;
        EXCEPTION
          WHEN lock_not_available OR deadlock_detected THEN
            RETURN job.status;
          WHEN OTHERS THEN
            outcome := 'failed';
            explanation := SQLERRM;
        END;
        UPDATE sys.jobs SET status = outcome, details = explanation, update_time = now()
          WHERE job_id = id;
        RETURN outcome;
      END $$;
      """;

  private JobsSchema() {}
}
