package io.dsqlproxy.workload;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A plain PostgreSQL whose databases stand in for DSQL's snapshots. For use by one thread. */
public final class PostgresDatabases implements AutoCloseable {

  private final EmbeddedPostgres postgres;
  private int databases;

  /** Starts the server. */
  public PostgresDatabases() throws IOException {
    this.postgres = EmbeddedPostgres.builder().start();
  }

  /** A database of its own, with all tables, at REPEATABLE READ. */
  public DataSource create() throws SQLException {
    String name = "workload_" + databases++;
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(postgres.getJdbcUrl("postgres", name));
    dataSource.setOptions("-c default_transaction_isolation=repeatable\\ read");
    Schema.create(dataSource);
    return dataSource;
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
