package io.dsqlproxy.simulator;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens plain pgJDBC sessions on a simulator. Stateless. */
final class Sessions {

  private Sessions() {}

  static String url(DsqlSimulator simulator) {
    return "jdbc:postgresql://localhost:" + simulator.port() + "/postgres";
  }

  static Properties properties(DsqlSimulator simulator, String user, String token) {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", token);
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", simulator.certificateAuthority().toString());
    return properties;
  }

  static Connection open(DsqlSimulator simulator) throws SQLException {
    return open(simulator, "extended");
  }

  static Connection open(DsqlSimulator simulator, String queryMode) throws SQLException {
    Properties properties = properties(simulator, "admin", simulator.token("admin"));
    properties.setProperty("preferQueryMode", queryMode);
    return DriverManager.getConnection(url(simulator), properties);
  }
}
