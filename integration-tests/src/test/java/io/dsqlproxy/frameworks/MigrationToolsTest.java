package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.simulator.DsqlSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How far the tools that change schemas come: Liquibase to the end, Flyway not. */
@Timeout(60)
class MigrationToolsTest {

  @RegisterExtension static final SimulatedCluster CLUSTER = new SimulatedCluster();

  @TempDir Path directory;

  @Test
  void liquibaseRunsChangesThatDefineOneThingEach() throws Exception {
    Files.writeString(
        directory.resolve("changelog.sql"),
        """
        --liquibase formatted sql
        --changeset me:table
        CREATE TABLE book (id int PRIMARY KEY, title text);
        --changeset me:index
        CREATE INDEX ASYNC book_title ON book (title);
        --changeset me:rows
        INSERT INTO book VALUES (1, 'one');
        INSERT INTO book VALUES (2, 'two');
        """);
    update();
    update();
    assertThat(CLUSTER.ask("SELECT count(*) FROM book")).isEqualTo("2");
    assertThat(CLUSTER.ask("SELECT count(*) FROM databasechangelog")).isEqualTo("3");
  }

  private void update() throws Exception {
    try (Connection connection = CLUSTER.dataSource().getConnection();
        Liquibase liquibase =
            new Liquibase(
                "changelog.sql",
                new DirectoryResourceAccessor(directory),
                new JdbcConnection(connection))) {
      liquibase.update("");
    }
  }

  /** Flyway sets the role that it has already, which DSQL refuses whatever the role. */
  @Test
  void flywayStopsAtItsFirstSetRole() throws IOException {
    Files.writeString(directory.resolve("V1__book.sql"), "CREATE TABLE leaf (id int PRIMARY KEY)");
    assertThatExceptionOfType(FlywayException.class)
        .isThrownBy(
            () ->
                Flyway.configure()
                    .dataSource(CLUSTER.dataSource())
                    .locations("filesystem:" + directory)
                    .load()
                    .migrate())
        .havingRootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    assertThat(CLUSTER.takeRefusals())
        .isNotEmpty()
        .extracting(DsqlSimulator.Refusal::sql)
        .containsOnly("SET ROLE 'admin'");
  }
}
