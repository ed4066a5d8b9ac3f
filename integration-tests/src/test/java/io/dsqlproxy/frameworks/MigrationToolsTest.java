package io.dsqlproxy.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.cluster.SimulatedCluster;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.readme.Examples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The tools that change schemas come to the end. */
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

  /**
   * Its history table has to be there: with what it would create it, DSQL refuses. And its lock has
   * to be one of a transaction, as it is by default, because otherwise it writes to the history in
   * the transaction of the migration, which may define something.
   */
  @Test
  void flywayMigratesWithEmulatedAdvisoryLocks() throws Exception {
    CLUSTER.run(Examples.between(Examples.readme(), "<!-- flyway -->\n```sql\n", "```"));
    Files.writeString(directory.resolve("V1__leaf.sql"), "CREATE TABLE leaf (id int PRIMARY KEY)");
    Files.writeString(directory.resolve("V2__rows.sql"), "INSERT INTO leaf VALUES (1), (2)");
    assertThat(migrate()).isEqualTo(2);
    assertThat(migrate()).isZero();
    assertThat(CLUSTER.ask("SELECT count(*) FROM leaf")).isEqualTo("2");
    assertThat(CLUSTER.takeRefusals()).isEmpty();
  }

  private int migrate() {
    DsqlDataSource dataSource = CLUSTER.dataSource();
    dataSource.setLockEmulation("advisory");
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("filesystem:" + directory)
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
