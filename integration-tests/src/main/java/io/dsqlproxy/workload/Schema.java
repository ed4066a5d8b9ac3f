package io.dsqlproxy.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * The tables, in the types and one statement at a time, as a distributed PostgreSQL accepts them.
 */
public final class Schema {

  /** The one partition that all namespaces and their metadata row live in. */
  static final int NAMESPACE_PARTITION = 54321;

  private static final List<String> STATEMENTS =
      List.of(
          """
          CREATE TABLE shards (
            shard_id int NOT NULL, range_id bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (shard_id))
          """,
          """
          CREATE TABLE executions (
            shard_id int NOT NULL, namespace_id uuid NOT NULL, workflow_id varchar(255) NOT NULL,
            run_id uuid NOT NULL, next_event_id bigint NOT NULL,
            last_write_version bigint NOT NULL, db_record_version bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            state bytea NOT NULL, state_encoding varchar(16) NOT NULL,
            PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id))
          """,
          """
          CREATE TABLE current_executions (
            shard_id int NOT NULL, namespace_id uuid NOT NULL, workflow_id varchar(255) NOT NULL,
            run_id uuid NOT NULL, create_request_id varchar(255) NOT NULL,
            state int NOT NULL, status int NOT NULL, start_time timestamp,
            last_write_version bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (shard_id, namespace_id, workflow_id))
          """,
          """
          CREATE TABLE transfer_tasks (
            shard_id int NOT NULL, task_id bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (shard_id, task_id))
          """,
          """
          CREATE TABLE namespaces (
            partition_id int NOT NULL, id uuid NOT NULL, name varchar(255) UNIQUE NOT NULL,
            notification_version bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL, is_global boolean NOT NULL,
            PRIMARY KEY (partition_id, id))
          """,
          """
          CREATE TABLE namespace_metadata (
            partition_id int NOT NULL, notification_version bigint NOT NULL,
            PRIMARY KEY (partition_id))
          """,
          "INSERT INTO namespace_metadata (partition_id, notification_version) VALUES (54321, 1)",
          """
          CREATE TABLE task_queues (
            range_hash bigint NOT NULL, task_queue_id uuid NOT NULL, range_id bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (range_hash, task_queue_id))
          """,
          """
          CREATE TABLE task_queues_v2 (
            range_hash bigint NOT NULL, task_queue_id uuid NOT NULL, range_id bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (range_hash, task_queue_id))
          """,
          """
          CREATE TABLE tasks (
            range_hash bigint NOT NULL, task_queue_id uuid NOT NULL, task_id bigint NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (range_hash, task_queue_id, task_id))
          """,
          """
          CREATE TABLE tasks_v2 (
            range_hash bigint NOT NULL, task_queue_id uuid NOT NULL, pass bigint NOT NULL,
            task_id bigint NOT NULL, data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            PRIMARY KEY (range_hash, task_queue_id, pass, task_id))
          """,
          """
          CREATE TABLE queue (
            queue_type int NOT NULL, message_id bigint NOT NULL,
            message_payload bytea NOT NULL, message_encoding varchar(16) NOT NULL,
            PRIMARY KEY (queue_type, message_id))
          """,
          """
          CREATE TABLE queue_metadata (
            queue_type int NOT NULL, data bytea NOT NULL, data_encoding varchar(16) NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (queue_type))
          """,
          """
          CREATE TABLE queues (
            queue_type int NOT NULL, queue_name varchar(255) NOT NULL,
            metadata_payload bytea NOT NULL, metadata_encoding varchar(16) NOT NULL,
            PRIMARY KEY (queue_type, queue_name))
          """,
          """
          CREATE TABLE queue_messages (
            queue_type int NOT NULL, queue_name varchar(255) NOT NULL,
            queue_partition bigint NOT NULL, message_id bigint NOT NULL,
            message_payload bytea NOT NULL, message_encoding varchar(16) NOT NULL,
            PRIMARY KEY (queue_type, queue_name, queue_partition, message_id))
          """,
          """
          CREATE TABLE cluster_metadata_info (
            metadata_partition int NOT NULL, cluster_name varchar(255) NOT NULL,
            data bytea NOT NULL, data_encoding varchar(16) NOT NULL, version bigint NOT NULL,
            PRIMARY KEY (metadata_partition, cluster_name))
          """,
          """
          CREATE TABLE evidence_acquisitions (
            resource varchar(255) NOT NULL, range_id bigint NOT NULL, evidence_id uuid NOT NULL,
            owner varchar(255) NOT NULL,
            PRIMARY KEY (resource, range_id, evidence_id))
          """,
          """
          CREATE TABLE evidence_takeovers (
            resource varchar(255) NOT NULL, range_id bigint NOT NULL, evidence_id uuid NOT NULL,
            found bigint NOT NULL,
            PRIMARY KEY (resource, range_id, evidence_id))
          """,
          """
          CREATE TABLE evidence_writes (
            resource varchar(255) NOT NULL, range_id bigint NOT NULL, evidence_id uuid NOT NULL,
            run_id uuid NOT NULL, record_version bigint NOT NULL,
            PRIMARY KEY (resource, range_id, evidence_id))
          """,
          """
          CREATE TABLE evidence_consumed (
            queue varchar(255) NOT NULL, position bigint NOT NULL, message_id bigint NOT NULL,
            PRIMARY KEY (queue, position))
          """);

  private Schema() {}

  /** Creates every table in an empty database. */
  public static void create(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : STATEMENTS) {
        statement.execute(sql);
      }
    }
  }
}
