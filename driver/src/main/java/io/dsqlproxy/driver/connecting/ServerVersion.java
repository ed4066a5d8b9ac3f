package io.dsqlproxy.driver.connecting;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.SetupQueryRunner;
import org.postgresql.core.Tuple;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server says of itself when it is asked. Stateless. */
final class ServerVersion {

  private static final Logger LOG = LoggerFactory.getLogger(ServerVersion.class);

  /**
   * Nothing more than the version, or else a name. PostgreSQL, and what is built from it, goes on
   * with the machine and the compiler.
   */
  private static final Pattern OF_DSQL =
      Pattern.compile("PostgreSQL \\d+(\\.\\d+)*|.*\\bDSQL\\b.*");

  private ServerVersion() {}

  /**
   * Whether the server says that it is Aurora DSQL. One that has no answer is something else.
   *
   * @param connection a connection of pgJDBC's that has just logged in
   * @param patience how long to wait for the answer; zero for as long as the socket does
   * @throws SQLException if the connection is lost, or the server failed for a reason that says
   *     nothing of what it is: to take Aurora DSQL for another server would lose its locks
   */
  static boolean isOfDsql(Connection connection, Duration patience) throws SQLException {
    BaseConnection pg = connection.unwrap(BaseConnection.class);
    int networkTimeout = pg.getNetworkTimeout();
    boolean bounded =
        !patience.isZero() && (networkTimeout == 0 || networkTimeout > patience.toMillis());
    if (bounded) {
      pg.setNetworkTimeout(Runnable::run, (int) Math.min(patience.toMillis(), Integer.MAX_VALUE));
    }
    boolean dsql = ask(pg);
    if (bounded) {
      pg.setNetworkTimeout(Runnable::run, networkTimeout);
    }
    return dsql;
  }

  private static boolean ask(BaseConnection pg) throws SQLException {
    try {
      // As pgJDBC asks at connect itself: without a transaction, and with nothing prepared.
      Tuple row = SetupQueryRunner.run(pg.getQueryExecutor(), "SELECT version()", true);
      return row != null && isOfDsql(text(row));
    } catch (SQLException failure) {
      if (pg.isClosed() || saysNothing(Objects.toString(failure.getSQLState(), ""))) {
        throw failure;
      }
      LOG.debug("The server does not say its version, so it is not Aurora DSQL", failure);
      return false;
    }
  }

  private static String text(Tuple row) {
    byte[] version = row.get(0);
    return version == null ? "" : new String(version, StandardCharsets.UTF_8);
  }

  static boolean isOfDsql(String version) {
    return OF_DSQL.matcher(version).matches();
  }

  /** A conflict with a change of the catalog, or an internal error. */
  private static boolean saysNothing(String sqlState) {
    return sqlState.startsWith("40") || sqlState.startsWith("XX");
  }
}
