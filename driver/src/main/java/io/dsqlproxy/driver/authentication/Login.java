package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.configuration.AuthenticationMode;
import io.dsqlproxy.driver.configuration.ConfigurationErrors;
import io.dsqlproxy.driver.configuration.DriverProperty;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.DsqlEndpoint;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what the application asked for into what a login on Aurora DSQL needs: a fresh token in the
 * place of the password, TLS, and nothing that the service refuses. Safe for use by many threads.
 */
public final class Login {

  private static final Logger LOG = LoggerFactory.getLogger(Login.class);

  /** invalid_authorization_specification. */
  private static final String NOBODY_LOGS_IN = "28000";

  private static final AtomicBoolean AUTOSAVE_REPORTED = new AtomicBoolean();

  private Login() {}

  /**
   * Completes a request for one physical connection.
   *
   * @throws SQLException SQLSTATE 22023 if the settings cannot work together, 28000 if there is
   *     nobody to log in as or nothing to sign with
   */
  public static PgConnectionRequest complete(
      PgConnectionRequest request, DriverSettings settings, DriverStatistics statistics)
      throws SQLException {
    boolean cluster =
        request.hosts().stream().anyMatch(host -> DsqlEndpoint.ofHost(host).isPresent());
    boolean iam =
        settings.authentication() == AuthenticationMode.IAM
            || settings.authentication() == AuthenticationMode.AUTO && cluster;
    Map<String, String> changes = new HashMap<>();
    if (iam) {
      TlsDefaults.requireEncryption(request);
      changes.put(PGProperty.PASSWORD.getName(), token(request, settings));
      statistics.tokenSigned();
    }
    if (iam || cluster) {
      changes.putAll(TlsDefaults.missing(request));
    }
    if (savesAutomatically(request)) {
      changes.put(PGProperty.AUTOSAVE.getName(), "never");
    }
    return changes.isEmpty() ? request : request.with(changes);
  }

  private static String token(PgConnectionRequest request, DriverSettings settings)
      throws SQLException {
    if (request.value(PGProperty.AUTHENTICATION_PLUGIN_CLASS_NAME).isPresent()) {
      throw ConfigurationErrors.unusableSettings(
          "With IAM authentication the driver provides the password, so that"
              + " authenticationPluginClassName cannot: take it out, or set authentication=password.");
    }
    List<String> hosts = request.hosts();
    if (hosts.size() != 1) {
      throw ConfigurationErrors.unusableSettings(
          "With IAM authentication the URL must name one host: a token is signed for one host name,"
              + " and only one password can be given.");
    }
    String user =
        request
            .value(PGProperty.USER)
            .filter(name -> !name.isEmpty())
            .orElseThrow(
                () ->
                    new SQLException(
                        "With IAM authentication the user must be given: admin or a database role."
                            + " There is no default, since admin may do everything and the name of"
                            + " the operating system's user is hardly a role.",
                        NOBODY_LOGS_IN));
    Optional<DsqlEndpoint> endpoint = DsqlEndpoint.ofHost(hosts.get(0));
    String region =
        settings
            .region()
            .or(() -> endpoint.map(DsqlEndpoint::region))
            .orElseThrow(() -> unknownRegion(hosts.get(0)));
    String signedHost = endpoint.map(DsqlEndpoint::host).orElse(hosts.get(0));
    return new TokenSigner(CredentialsProviders.of(settings), settings.tokenLifetime())
        .sign(signedHost, region, user);
  }

  private static SQLException unknownRegion(String host) {
    return ConfigurationErrors.unusableSettings(
        "With IAM authentication the property "
            + DriverProperty.REGION.key()
            + " must be set for the host "
            + host
            + ", because it is not the host name of an Aurora DSQL cluster, from which the region"
            + " could be read; it must be "
            + DriverProperty.REGION.rule()
            + '.');
  }

  /** Automatic savepoints are refused by the service, and each refusal costs the transaction. */
  private static boolean savesAutomatically(PgConnectionRequest request) {
    boolean saves =
        request.value(PGProperty.AUTOSAVE).filter(mode -> !mode.equals("never")).isPresent();
    if (saves && AUTOSAVE_REPORTED.compareAndSet(false, true)) {
      LOG.warn("autosave is taken as never: Aurora DSQL has no savepoints");
    }
    return saves;
  }
}
