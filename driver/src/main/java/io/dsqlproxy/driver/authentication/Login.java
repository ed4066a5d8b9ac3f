package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.configuration.AuthenticationMode;
import io.dsqlproxy.driver.configuration.ConfigurationErrors;
import io.dsqlproxy.driver.configuration.DriverProperty;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.DsqlEndpoint;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.ConnectionStatistics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGProperty;

/**
 * Turns what the application asked for into what a login on Aurora DSQL needs: a token in the place
 * of the password, TLS, and an end to every wait. Immutable.
 */
public final class Login {

  private final PgConnectionRequest request;
  private final Optional<DsqlEndpoint> endpoint;
  private final Optional<TokenRequest> token;

  private Login(
      PgConnectionRequest request, Optional<DsqlEndpoint> endpoint, Optional<TokenRequest> token) {
    this.request = request;
    this.endpoint = endpoint;
    this.token = token;
  }

  /**
   * Completes a request, but for the token.
   *
   * @throws SQLException SQLSTATE 22023 if the settings cannot work together, 28000 if there is
   *     nobody to log in as
   */
  public static Login of(PgConnectionRequest asked, DriverSettings settings) throws SQLException {
    PgConnectionRequest request = withHostName(asked, settings);
    Optional<DsqlEndpoint> endpoint =
        request.hosts().stream().flatMap(host -> DsqlEndpoint.ofHost(host).stream()).findFirst();
    boolean iam =
        settings.authentication() == AuthenticationMode.IAM
            || settings.authentication() == AuthenticationMode.AUTO && endpoint.isPresent();
    Map<String, String> changes = new HashMap<>();
    Optional<TokenRequest> token = Optional.empty();
    if (iam) {
      TlsDefaults.requireEncryption(request);
      TlsDefaults.requireKnownAuthority(request);
      token = Optional.of(tokenRequest(request, settings));
    }
    if (iam || endpoint.isPresent()) {
      changes.putAll(TlsDefaults.missing(request));
      changes.putAll(SocketDefaults.missing(request));
    }
    return new Login(changes.isEmpty() ? request : request.with(changes), endpoint, token);
  }

  /**
   * The host name in full where the identifier of the cluster stands in its place, which it can
   * only with a region, and without the dot at its end, with which Java sends no SNI.
   */
  private static PgConnectionRequest withHostName(
      PgConnectionRequest request, DriverSettings settings) throws SQLException {
    if (request.hosts().size() != 1) {
      return request;
    }
    String given = request.hosts().get(0);
    Optional<DsqlEndpoint> named =
        DsqlEndpoint.isAbsolute(given)
            ? DsqlEndpoint.ofHost(given)
            : settings.region().flatMap(region -> DsqlEndpoint.ofCluster(given, region));
    return named.isPresent() ? request.withHost(named.get().host()) : request;
  }

  private static TokenRequest tokenRequest(PgConnectionRequest request, DriverSettings settings)
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
            .orElseThrow(TokenErrors::nobody);
    Optional<DsqlEndpoint> endpoint = DsqlEndpoint.ofHost(hosts.get(0));
    String host = endpoint.map(DsqlEndpoint::host).orElse(hosts.get(0));
    String region = region(host, endpoint, settings);
    CredentialsSource credentials =
        settings
            .credentialsProvider()
            .<CredentialsSource>map(ApplicationCredentials::new)
            .orElseGet(() -> DriverCredentials.shared(settings.profile()));
    return new TokenRequest(
        new TokenScope(host, request.port(), region, user), credentials, settings.tokenLifetime());
  }

  private static String region(
      String host, Optional<DsqlEndpoint> endpoint, DriverSettings settings) throws SQLException {
    Optional<String> given = settings.region();
    Optional<String> named = endpoint.map(DsqlEndpoint::region);
    if (given.isPresent() && named.isPresent() && !given.equals(named)) {
      throw ConfigurationErrors.unusableSettings(
          "The property "
              + DriverProperty.REGION.key()
              + " is "
              + given.get()
              + ", but the cluster "
              + host
              + " is in "
              + named.get()
              + ": a token for another region would be refused. Take the property out, or correct"
              + " the host name.");
    }
    return named.or(() -> given).orElseThrow(() -> unknownRegion(host));
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

  /** Whether the server is a cluster, or is treated as one because tokens are signed for it. */
  public boolean isForCluster() {
    return endpoint.isPresent() || token.isPresent();
  }

  /** What the token opens; empty if the application provides the password. */
  public Optional<TokenScope> scope() {
    return token.map(TokenRequest::scope);
  }

  /** The cluster, by whatever name it is reached; else the host and the port. */
  public String server() {
    return endpoint
        .map(cluster -> cluster.clusterId() + '.' + cluster.region())
        .orElseGet(() -> request.hosts().get(0) + ':' + request.port());
  }

  /** What the application asked for, complete but for a token. */
  public PgConnectionRequest request() {
    return request;
  }

  /**
   * What one login begins with: a token, if it is the driver that provides the password.
   *
   * @param patience how long to wait for it, if it has to be signed
   * @throws SQLException SQLSTATE 28000 if there are no credentials to sign with
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws TimeoutException if the wait was too long
   */
  public Ticket ticket(TokenCache tokens, Duration patience, ConnectionStatistics statistics)
      throws SQLException, InterruptedException, TimeoutException {
    if (token.isEmpty()) {
      return new Ticket(request, false, () -> {});
    }
    TokenCache.Lease lease = tokens.lease(token.get(), patience, statistics);
    Map<String, String> password = Map.of(PGProperty.PASSWORD.getName(), lease.token().text());
    return new Ticket(
        request.with(password),
        lease.remembered(),
        () -> {
          statistics.tokenRejected();
          tokens.reject(token.get(), lease.token());
        });
  }

  /** Shows no settings: any of them may hold a secret. */
  @Override
  public String toString() {
    return "Login[" + request + ']';
  }

  /**
   * What one login begins with. Immutable.
   *
   * @param request the request with its password; secret
   * @param remembered whether its token was signed for an earlier login, and so may be out of date
   * @param refusal is to be run if the server denies access with it
   */
  public record Ticket(PgConnectionRequest request, boolean remembered, Runnable refusal) {

    /** Shows no settings: any of them may hold a secret. */
    @Override
    public String toString() {
      return "Ticket[" + request + ']';
    }
  }
}
