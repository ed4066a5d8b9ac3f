package io.dsqlproxy.simulator.conformance;

import java.util.Map;

/** What stands for the recorded rows that do not give a whole statement. Stateless. */
final class Completions {

  private static final String KEY = "'00000000-0000-0000-0000-0000000000aa'";
  private static final String INDEX_SYNTAX = "err:42601:syntax error at or near \"ON\"";

  /** The steps by the row's identifier. */
  static final Map<String, String> STEPS =
      Map.ofEntries(
          Map.entry(
              "q_merge",
              "MERGE INTO baseline_parent p USING baseline_child c ON p.id = c.parent_id"
                  + " WHEN MATCHED THEN DO NOTHING"),
          Map.entry(
              "types_supported_columns",
              "CREATE TABLE t (c1 smallint, c2 integer, c3 bigint, c4 real, c5 double precision,"
                  + " c6 numeric, c7 numeric(18,6), c8 decimal(10,2), c9 character(10),"
                  + " c10 character varying(20), c11 bpchar(5), c12 text, c13 date, c14 time,"
                  + " c15 time with time zone, c16 timestamp, c17 timestamp with time zone,"
                  + " c18 interval, c19 boolean, c20 bytea, c21 uuid, c22 json, c23 jsonb)"),
          Map.entry(
              "create_index_async_unnamed",
              "CREATE INDEX ASYNC ON baseline_idx (value)"
                  + " ;; SELECT to_regclass('baseline_idx_value_idx')::text"),
          Map.entry(
              "wait_for_job_valid",
              "CREATE INDEX ASYNC i ON t (a) ;; CALL sys.wait_for_job('<job_id>')"),
          Map.entry(
              "fk_validate_violating",
              "ALTER TABLE ASYNC c VALIDATE CONSTRAINT x ;; CALL sys.wait_for_job('<job_id>')"
                  + " ;; SELECT status || job_type || details FROM sys.jobs"
                  + " WHERE job_id = '<job_id>'"),
          Map.entry(
              "ix_precedence",
              "CREATE INDEX CONCURRENTLY IF NOT EXISTS ON t USING gin (a DESC)"
                  + " ;; CREATE INDEX CONCURRENTLY i ON t USING gin ((random()))"
                  + " ;; CREATE INDEX i ON t USING gin ((random()))"
                  + " ;; CREATE INDEX i ON t ((random()))"
                  + " ;; CREATE INDEX ASYNC i ON t ((random()),c1,c2,c3,c4,c5,c6,c7,c8)"),
          Map.entry(
              "ix_unique_building_dup",
              "CREATE UNIQUE INDEX ASYNC i ON t (a) ;; INSERT INTO t (id, a) VALUES (2, 1)"),
          Map.entry("fk_add_exclude", "ALTER TABLE c ADD CONSTRAINT x EXCLUDE (p WITH =)"),
          Map.entry("lint_rej_alter_user", "ALTER USER r PASSWORD 'x'"),
          Map.entry("L32", "SELECT s FROM t WHERE id = 1 FOR UPDATE"),
          Map.entry("L33", "SELECT s FROM t FOR UPDATE"),
          Map.entry("L34", "SELECT s FROM t FOR UPDATE NOWAIT"),
          Map.entry("L35", "SELECT s FROM t FOR UPDATE SKIP LOCKED"),
          Map.entry("L36", "SELECT s FROM t WHERE id = 1 FOR KEY SHARE"),
          Map.entry("L37", "SELECT s FROM t FOR KEY SHARE"),
          Map.entry("L38", "SELECT s FROM t FOR KEY SHARE NOWAIT"),
          Map.entry("L39", "SELECT s FROM t FOR KEY SHARE SKIP LOCKED"),
          Map.entry("L40", "SELECT s FROM t FOR SHARE"),
          Map.entry("L41", "SELECT s FROM t FOR NO KEY UPDATE"),
          Map.entry("L42", byKey("FOR UPDATE")),
          Map.entry("L43", byKey("FOR KEY SHARE")),
          Map.entry("L44", byKey("FOR NO KEY UPDATE")),
          Map.entry("L45", byKey("FOR SHARE")),
          Map.entry("L57", "BEGIN READ ONLY ;; SELECT s FROM t FOR UPDATE"),
          Map.entry("L58", "SELECT s FROM t FOR UPDATE"),
          Map.entry("L59", "SELECT s FROM t WHERE id > 1 FOR UPDATE"),
          Map.entry("L60", "SELECT s FROM t WHERE id IN (1, 2) FOR UPDATE"),
          Map.entry("L61", "SELECT s FROM t WHERE id = 1 OR id = 2 FOR UPDATE"),
          Map.entry("L62", "SELECT s FROM t WHERE s = 'a' FOR UPDATE"),
          Map.entry("L63", "SELECT s FROM t WHERE id = 1 FOR UPDATE"),
          Map.entry("L64", "SELECT s FROM nokey WHERE a = 1 FOR UPDATE"),
          Map.entry("L65", "SELECT t.s FROM t JOIN u ON t.id = u.id FOR UPDATE"),
          Map.entry("L66", "SELECT s FROM t WHERE id = 1 FOR UPDATE"),
          Map.entry("L67", "SELECT s FROM t FOR SHARE"));

  /** The outcomes where they depend on how many steps there are, or on what ran before. */
  static final Map<String, String> OUTCOMES =
      Map.of(
          "sys_jobs_columns",
          "ok:SELECT ? {columns job_id,status,details,job_type,class_id,object_id,object_name,"
              + "start_time,update_time}",
          "create_index_async_unnamed",
          "ok:CREATE INDEX {job_id row} ;; ok:SELECT 1 {baseline_idx_value_idx}",
          "wait_for_job_valid",
          "ok:CREATE INDEX {job_id row} ;; ok:CALL {one row, column succeeded bool}",
          "fk_validate_violating",
          "ok:ALTER TABLE {job_id row} ;; ok:CALL {succeeded=f} ;; ok:SELECT 1"
              + " {failedVALIDATE_CONSTRAINTinsert or update on table \"c\" violates foreign key"
              + " constraint \"x\"}",
          "ix_precedence",
          INDEX_SYNTAX
              + " ;; err:0A000:CONCURRENTLY not supported for CREATE INDEX"
              + " ;; err:0A000:USING not supported for CREATE INDEX"
              + " ;; err:0A000:unsupported mode. please use CREATE INDEX ASYNC."
              + " ;; err:42P17:functions in index expression must be marked IMMUTABLE",
          "ix_unique_building_dup",
          "ok:CREATE INDEX {job_id row} ;; err:23505:(PostgreSQL's text)",
          "ix_key_type",
          "err:0A000:datatype json is not supported in a key",
          "L57",
          "ok:BEGIN ;; err:25006:cannot execute SELECT FOR UPDATE in a read-only transaction");

  private Completions() {}

  private static String byKey(String clause) {
    return "SELECT id FROM baseline_parent WHERE id = " + KEY + " " + clause;
  }
}
