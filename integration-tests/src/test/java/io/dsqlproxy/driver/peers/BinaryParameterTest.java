package io.dsqlproxy.driver.peers;

import static io.dsqlproxy.cluster.SimulatedCluster.ask;
import static io.dsqlproxy.cluster.SimulatedCluster.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.geometric.PGpoint;
import org.postgresql.util.PGBinaryObject;

/** A plain PostgreSQL, because Aurora DSQL has no type for which pgJDBC has such a class. */
@Timeout(60)
class BinaryParameterTest {

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  /** Says in which of the two forms it was asked for. */
  public static final class Position extends PGpoint implements PGBinaryObject {

    private static final long serialVersionUID = 1;
    private static int asBytes;
    private static int asText;

    /** For pgJDBC. */
    public Position() {}

    Position(double x, double y) {
      super(x, y);
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
      asBytes++;
      super.toBytes(bytes, offset);
    }

    @Override
    public String getValue() {
      asText++;
      return super.getValue();
    }
  }

  @Trap(31)
  @Test
  void parameterOfABinaryTypeIsSentAsItWasTheFirstTime() throws SQLException {
    String url =
        "jdbc:dsql-proxy:postgresql://localhost:"
            + postgres.getPort()
            + "/postgres?dialect=dsql&binaryTransferEnable=600&retryBaseDelay=0ms";
    try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres")) {
      run(
          connection,
          "CREATE TABLE place (at point)",
          "CREATE SEQUENCE calls",
          "CREATE FUNCTION conflict_once() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
              + "IF nextval('calls') = 1 THEN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; "
              + "END IF; RETURN 7; END $$");
      connection.setAutoCommit(false);
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO place VALUES (?)")) {
        Position position = new Position(1.5, 2.5);
        insert.setObject(1, position);
        insert.executeUpdate();
        int sent = Position.asBytes;
        position.x = 99;
        insert.setObject(1, position);
        int bound = Position.asBytes;
        int shown = Position.asText;
        assertThat(sent).isPositive();
        assertThat(ask(connection, "SELECT conflict_once()")).isEqualTo("7");
        assertThat(Position.asBytes).as("in the replay").isGreaterThan(bound);
        assertThat(Position.asText).as("in the replay").isEqualTo(shown);
      }
      connection.commit();
      assertThat(ask(connection, "SELECT at::text FROM place")).isEqualTo("(1.5,2.5)");
      connection.rollback();
    }
  }
}
