package io.dsqlproxy.driver.connecting;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dsqlproxy.driver.DsqlDataSource;
import io.dsqlproxy.driver.DsqlDriver;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;

/**
 * Logs in, well and badly, while everybody logs everything, and prints whatever can be printed. Its
 * arguments: the URL of a cluster, and a password that is none of its.
 */
final class TalkativeProgram {

  private TalkativeProgram() {}

  /** Ends with status 0 if everything was tried. */
  public static void main(String[] arguments) throws SQLException, JMException {
    logEverything();
    String url = arguments[0];
    String secret = arguments[1];
    AwsCredentialsProvider credentials = SystemPropertyCredentialsProvider.create();
    Properties info = new Properties();
    info.put("credentialsProvider", credentials);
    info.setProperty("password", secret);
    for (int i = 0; i < 2; i++) {
      try (Connection connection = DriverManager.getConnection(url, info)) {
        show(connection);
        show(connection.getMetaData());
        show(connection.getMetaData().getURL());
        show(connection.getClientInfo());
      }
    }
    Properties ofTheDefaultChain = new Properties();
    DriverManager.getConnection(url, ofTheDefaultChain).close();
    show(new DsqlDriver());
    for (DriverPropertyInfo property : new DsqlDriver().getPropertyInfo(url, info)) {
      show(property.name + '=' + property.value);
    }
    DsqlDataSource dataSource = new DsqlDataSource();
    dataSource.setUrl(url + "&password=" + secret);
    dataSource.setPassword(secret);
    dataSource.setCredentialsProvider(credentials);
    show(dataSource);
    dataSource.getConnection().close();
    showPool(dataSource);
    String broken = "&password=" + secret;
    fails(url.replace("user=admin", "user=nobody") + broken, info);
    fails(url + broken + "&sslmode=disable", info);
    fails(url + broken + "&tokenLifetime=never", info);
    fails(url.replace("localhost", "localhost:x") + broken, info);
    fails(url.replaceFirst("&sslrootcert=[^&]*", "") + broken, info);
    fails(url + broken + "&profile=nobody", new Properties());
  }

  /** With what JMX shows of the pool and of the driver. */
  private static void showPool(DsqlDataSource dataSource) throws SQLException, JMException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setRegisterMbeans(true);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      show(pool);
      show(connection);
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      for (String domain : List.of("io.dsqlproxy", "com.zaxxer.hikari")) {
        for (ObjectName name : server.queryNames(new ObjectName(domain + ":*"), null)) {
          for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
            if (attribute.isReadable()) {
              Object value = server.getAttribute(name, attribute.getName());
              show(name + " " + attribute.getName() + " is " + value);
            }
          }
        }
      }
    }
  }

  private static void fails(String url, Properties info) {
    try (Connection connection = DriverManager.getConnection(url, info)) {
      throw new IllegalStateException("did not fail: " + connection);
    } catch (SQLException failure) {
      show(failure);
      for (Throwable link = failure; link != null; link = link.getCause()) {
        show("failed: " + link);
      }
    }
  }

  private static void show(Object object) {
    System.out.println(object);
  }

  /** SLF4J is set up by system properties; pgJDBC uses the logging of the JDK. */
  private static void logEverything() {
    ConsoleHandler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.setLevel(Level.ALL);
    root.addHandler(console);
    Logger.getLogger("org.postgresql").setLevel(Level.ALL);
  }
}
