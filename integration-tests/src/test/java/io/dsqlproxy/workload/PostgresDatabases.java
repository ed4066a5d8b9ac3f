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

  private static final String TEMPLATE = "workload";

  private final EmbeddedPostgres postgres;
  private int databases;

  /** Starts the server. */
  public PostgresDatabases() throws IOException, SQLException {
    this.postgres = EmbeddedPostgres.builder().start();
    administer("CREATE DATABASE " + TEMPLATE);
    Schema.create(dataSource(TEMPLATE));
  }

  /** A database of its own, with all tables, at REPEATABLE READ. */
  public DataSource create() throws SQLException {
    String name = TEMPLATE + databases++;
    administer("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    return dataSource(name);
  }

  /** A database of its own, with all tables, at READ COMMITTED, which the driver takes for DSQL. */
  String createForDriver() throws SQLException {
    String name = TEMPLATE + databases++;
    administer("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    return postgres.getJdbcUrl("postgres", name).replace("jdbc:", "jdbc:dsql-proxy:")
        + "&dialect=dsql";
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }

  private void administer(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private DataSource dataSource(String database) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(postgres.getJdbcUrl("postgres", database));
    dataSource.setOptions("-c default_transaction_isolation=repeatable\\ read");
    return dataSource;
  }
}
