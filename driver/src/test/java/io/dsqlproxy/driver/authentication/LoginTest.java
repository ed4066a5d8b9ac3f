package io.dsqlproxy.driver.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.configuration.ConnectionUrl;
import io.dsqlproxy.driver.configuration.DriverSettings;
import io.dsqlproxy.driver.configuration.PgConnectionRequest;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.jdbc.SslMode;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class LoginTest {

  private static final String CLUSTER = "abcdefghijklmnopqrstuvwx12.dsql.eu-west-3.on.aws";
  private static final String CLUSTER_URL = "jdbc:dsql-proxy://" + CLUSTER + "/postgres?user=admin";
  private static final AwsCredentialsProvider FIXED =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "geheim"));

  private final DriverStatistics statistics = new DriverStatistics();
  private final TokenCache tokens =
      new TokenCache(new TokenSigner(Clock.systemUTC(), () -> 0), Runnable::run, 100);

  @Test
  void adminSignsForTheActionOfAdminOnTheHostAndInTheRegionOfTheCluster() throws Exception {
    Token token = Token.of(resolved(CLUSTER_URL).getProperty("password"));

    assertThat(token.host()).isEqualTo(CLUSTER);
    assertThat(token.parameters())
        .containsEntry("Action", "DbConnectAdmin")
        .containsEntry("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
        .containsEntry("X-Amz-SignedHeaders", "host")
        .hasEntrySatisfying(
            "X-Amz-Credential",
            scope ->
                assertThat(scope)
                    .startsWith("AKIDEXAMPLE/")
                    .endsWith("/eu-west-3/dsql/aws4_request"))
        .containsKey("X-Amz-Signature");
    assertThat(token.expires()).isBetween(899, 900);
  }

  @Test
  void anyOtherUserSignsForTheActionOfRoles() throws Exception {
    String url = CLUSTER_URL.replace("user=admin", "user=Admin") + "&tokenLifetime=2h";

    Token token = Token.of(resolved(url).getProperty("password"));

    assertThat(token.parameters()).containsEntry("Action", "DbConnect");
    assertThat(token.expires()).isBetween(7199, 7200);
  }

  @Test
  void theLongestLifetimeCanBeSigned() throws Exception {
    Token token = Token.of(resolved(CLUSTER_URL + "&tokenLifetime=7d").getProperty("password"));

    assertThat(token.expires()).isBetween(604799, 604800);
  }

  @Test
  void aGivenRegionAndAnyHostNameAreSignedFor() throws Exception {
    String url = "jdbc:dsql-proxy://localhost:5433/db?user=a&authentication=iam&region=us-east-2";

    Token token = Token.of(resolved(url).getProperty("password"));

    assertThat(token.host()).isEqualTo("localhost");
    assertThat(token.parameters().get("X-Amz-Credential")).contains("/us-east-2/dsql/");
  }

  @Test
  void connectionsThatAreAlikeShareAToken() throws Exception {
    String first = resolved(CLUSTER_URL).getProperty("password");

    assertThat(resolved(CLUSTER_URL + "&ApplicationName=x").getProperty("password"))
        .isEqualTo(first);
    assertThat(resolved(CLUSTER_URL.replace("user=admin", "user=a")).getProperty("password"))
        .isNotEqualTo(first);
    resolved("jdbc:dsql-proxy://localhost/db?user=a");

    assertThat(statistics.snapshot().connections().tokensSigned()).isEqualTo(2);
  }

  @Test
  void theIdentifierOfAClusterStandsForItsHostNameIfTheRegionIsGiven() throws Exception {
    String id = CLUSTER.substring(0, 26);
    String url = "jdbc:dsql-proxy://" + id + ":5433/postgres?user=admin&region=eu-west-3";

    Properties resolved = resolved(url);

    assertThat(resolved)
        .containsEntry("PGHOST", CLUSTER)
        .containsEntry("PGPORT", "5433")
        .containsEntry("PGDBNAME", "postgres")
        .containsEntry("sslmode", "verify-full");
    assertThat(Token.of(resolved.getProperty("password")).host()).isEqualTo(CLUSTER);
    assertThat(resolved("jdbc:dsql-proxy://" + id + "/db?user=a"))
        .containsEntry("PGHOST", id)
        .doesNotContainKey("password");
    refused("jdbc:dsql-proxy://" + id + "/db?user=a&authentication=iam", "22023")
        .withMessageContaining("region must be set");
  }

  @Test
  void theIdentifierOfAClusterMayStandInTheProperties() throws Exception {
    Properties info = fixedCredentials();
    info.setProperty("PGHOST", CLUSTER.substring(0, 26));
    info.setProperty("region", "eu-west-3");
    info.setProperty("user", "admin");

    PgConnectionRequest request = complete("jdbc:dsql-proxy:postgresql:postgres", info);

    assertThat(Driver.parseURL(request.url(), request.properties()))
        .containsEntry("PGHOST", CLUSTER)
        .containsEntry("PGDBNAME", "postgres");
  }

  /** Else the password of the application, if any, would be sent as to any other host. */
  @Test
  void theAbsoluteNameOfAClusterIsItsNameWithoutTheDot() throws Exception {
    Properties resolved =
        resolved(CLUSTER_URL.replace(CLUSTER, CLUSTER.toUpperCase(Locale.ROOT) + ".:5433"));

    assertThat(resolved)
        .containsEntry("PGHOST", CLUSTER)
        .containsEntry("PGPORT", "5433")
        .containsEntry("sslmode", "verify-full");
    assertThat(Token.of(resolved.getProperty("password")).host()).isEqualTo(CLUSTER);
    assertThat(resolved("jdbc:dsql-proxy://db.example.com./db?user=a&password=p"))
        .containsEntry("PGHOST", "db.example.com.")
        .containsEntry("password", "p");
  }

  /** pgJDBC takes it for a host name in any case of its letters, before the URL's own. */
  @ParameterizedTest
  @ValueSource(strings = {"host", "Host"})
  void theIdentifierOfAClusterMayStandInAParameter(String key) throws Exception {
    String id = CLUSTER.substring(0, 26);

    Properties resolved =
        resolved("jdbc:dsql-proxy:///db?user=admin&region=eu-west-3&" + key + '=' + id);

    assertThat(resolved).containsEntry("PGHOST", CLUSTER).containsEntry("PGDBNAME", "db");
  }

  @Test
  void aRegionThatContradictsTheHostNameIsRefused() throws Exception {
    refused(CLUSTER_URL + "&region=us-east-1", "22023")
        .withMessageContaining("us-east-1")
        .withMessageContaining("eu-west-3");
    assertThat(resolved(CLUSTER_URL + "&region=eu-west-3")).containsKey("password");
  }

  @Test
  void pathsToAClusterLeadToTheSameServer() throws Exception {
    String privateLink = CLUSTER_URL.replace(".dsql.", ".dsql-fnh4.");

    assertThat(login(CLUSTER_URL, fixedCredentials()).server())
        .isEqualTo(login(privateLink, fixedCredentials()).server())
        .isNotEqualTo(login(CLUSTER_URL.replace("abc", "xyz"), fixedCredentials()).server());
    assertThat(login("jdbc:dsql-proxy://h:7/db?user=a", null).server()).isEqualTo("h:7");
  }

  @Test
  void aServerThatHasGoneIsNoticedUnlessTheApplicationSaysOtherwise() throws Exception {
    assertThat(resolved(CLUSTER_URL))
        .containsEntry("socketTimeout", "330")
        .containsEntry("tcpKeepAlive", "true");
    assertThat(resolved(CLUSTER_URL + "&socketTimeout=0&tcpKeepAlive=false"))
        .containsEntry("socketTimeout", "0")
        .containsEntry("tcpKeepAlive", "false");
    assertThat(resolved("jdbc:dsql-proxy://localhost/db?user=a"))
        .doesNotContainKeys("socketTimeout", "tcpKeepAlive");
  }

  @Test
  void whatIsShownOfALoginHoldsNoSecret() throws Exception {
    Properties info = fixedCredentials();
    Login login = login(CLUSTER_URL + "&password=geheim", info);
    Login.Ticket ticket = login.ticket(tokens, Duration.ofSeconds(10), statistics.connections());
    String token = ticket.request().properties().getProperty("password");

    assertThat(token).contains("X-Amz-Signature");
    assertThat(
            List.of(
                login,
                ticket,
                tokens,
                DriverSettings.from(ConnectionUrl.parse(CLUSTER_URL), info),
                ticket.request()))
        .allSatisfy(
            shown ->
                assertThat(shown.toString())
                    .doesNotContain("geheim", "X-Amz", token.substring(token.length() - 20)));
  }

  @Test
  void noPasswordWinsOverTheToken() throws Exception {
    Properties info = fixedCredentials();
    info.setProperty("password", "geheim");

    PgConnectionRequest request = complete(CLUSTER_URL + "&password=geheim&password=", info);

    assertThat(request.url()).doesNotContain("password");
    assertThat(Driver.parseURL(request.url(), request.properties()).getProperty("password"))
        .startsWith(CLUSTER + "/?");
  }

  @Test
  void aPluginThatWouldProvideThePasswordIsRefusedWithIam() {
    refused(CLUSTER_URL + "&authenticationPluginClassName=x.Y", "22023")
        .withMessageContaining("authenticationPluginClassName");
  }

  @Test
  void thePasswordOfTheApplicationIsUsedAwayFromClustersAndWhereItIsAskedFor() throws Exception {
    assertThat(resolved("jdbc:dsql-proxy://localhost/db?password=p&user=a"))
        .containsEntry("password", "p");
    assertThat(resolved(CLUSTER_URL + "&authentication=password&password=p"))
        .containsEntry("password", "p");
  }

  @Test
  void aRegionIsNeverGuessed() {
    refused("jdbc:dsql-proxy://x.dsql.us-east-1.example.com/db?user=a&authentication=iam", "22023")
        .withMessageContaining("region must be set");
  }

  @Test
  void aUserIsNeverGuessed() {
    refused("jdbc:dsql-proxy://" + CLUSTER + "/postgres", "28000").withMessageContaining("user");
    refused("jdbc:dsql-proxy://" + CLUSTER + "/postgres?user=", "28000");
  }

  @Test
  void oneTokenIsNotSentToSeveralHosts() {
    refused("jdbc:dsql-proxy://" + CLUSTER + ",other/postgres?user=admin", "22023")
        .withMessageContaining("one host");
    refused("jdbc:dsql-proxy://other," + CLUSTER + "/postgres?user=admin", "22023");
  }

  @Test
  void missingCredentialsAreAnErrorWithoutDetailsOfThem() {
    Properties info = new Properties();
    info.put(
        "credentialsProvider",
        (AwsCredentialsProvider)
            () -> {
              throw new IllegalStateException("geheim");
            });

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> complete(CLUSTER_URL, info))
        .withMessageNotContaining("geheim")
        .withCauseInstanceOf(IllegalStateException.class)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
    assertThat(statistics.snapshot().connections().tokensSigned()).isZero();
  }

  @Test
  void tlsIsVerifiedAndDirectUnlessTheApplicationSaysOtherwise() throws Exception {
    assertThat(resolved(CLUSTER_URL))
        .containsEntry("sslmode", "verify-full")
        .containsEntry("sslNegotiation", "direct")
        .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    assertThat(resolved(CLUSTER_URL + "&authentication=password"))
        .containsEntry("sslmode", "verify-full");
  }

  @Test
  void awayFromClustersTlsIsLeftToPgJdbc() throws Exception {
    assertThat(resolved("jdbc:dsql-proxy://localhost/db?user=a"))
        .doesNotContainKeys("sslmode", "sslNegotiation", "sslfactory");
  }

  @Test
  void anyPublicAuthorityIsNoneToSendATokenBy() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> resolved(CLUSTER_URL + "&sslmode=verify-ca"))
        .withMessageContaining("sslrootcert")
        .satisfies(refusal -> assertThat(refusal.getSQLState()).isEqualTo("22023"));
  }

  @Test
  void theTlsSettingsOfTheApplicationWin() throws Exception {
    assertThat(
            resolved(CLUSTER_URL + "&sslmode=verify-ca&sslNegotiation=postgres&sslrootcert=/x.pem"))
        .containsEntry("sslmode", "verify-ca")
        .containsEntry("sslNegotiation", "postgres")
        .containsEntry("sslrootcert", "/x.pem")
        .doesNotContainKey("sslfactory");
    assertThat(resolved(CLUSTER_URL + "&sslfactory=my.Factory"))
        .containsEntry("sslfactory", "my.Factory")
        .containsEntry("sslmode", "verify-full");
    // A factory that verifies would break the promise of sslmode=require.
    assertThat(resolved(CLUSTER_URL + "&sslmode=require"))
        .containsEntry("sslmode", "require")
        .containsEntry("sslNegotiation", "direct")
        .doesNotContainKey("sslfactory");
    assertThat(resolved(CLUSTER_URL + "&ssl=true"))
        .doesNotContainKey("sslmode")
        .containsEntry("sslNegotiation", "direct")
        .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sslmode=disable",
        "sslmode=allow",
        "sslmode=prefer",
        "sslmode=PREFER",
        "ssl=false"
      })
  void aTokenNeverTravelsUnencrypted(String setting) {
    refused(CLUSTER_URL + '&' + setting, "22023")
        .withMessageContaining("sslmode")
        .withMessageContaining("verify-full");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&ssl",
        "&ssl=true",
        "&sslmode=require",
        "&sslmode=VERIFY-CA&sslrootcert=x",
        "&sslrootcert=x"
      })
  void whateverIsNotRefusedIsEncrypted(String settings) throws Exception {
    SslMode mode = SslMode.of(resolved(CLUSTER_URL + settings));

    assertThat(mode.requireEncryption()).isTrue();
  }

  @Test
  void timeoutsSchemaAndOptionsReachPgJdbcAsTheyAre() throws Exception {
    String settings =
        "&loginTimeout=7&socketTimeout=8&connectTimeout=9&currentSchema=a,%22b%22&options=-c%20x=y";

    assertThat(complete(CLUSTER_URL + settings, fixedCredentials()).url())
        .isEqualTo("jdbc:postgresql://" + CLUSTER + "/postgres?user=admin" + settings);
  }

  private ThrowableAssertAlternative<SQLException> refused(String url, String sqlState) {
    return assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> complete(url, fixedCredentials()))
        .withMessageNotContaining("X-Amz")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
  }

  /** The values that pgJDBC would use. */
  private Properties resolved(String url) throws Exception {
    PgConnectionRequest request = complete(url, fixedCredentials());
    return Driver.parseURL(request.url(), request.properties());
  }

  private PgConnectionRequest complete(String url, Properties info) throws Exception {
    return login(url, info)
        .ticket(tokens, Duration.ofSeconds(10), statistics.connections())
        .request();
  }

  private static Login login(String url, Properties info) throws SQLException {
    ConnectionUrl parsed = ConnectionUrl.parse(url);
    return Login.of(PgConnectionRequest.of(parsed, info), DriverSettings.from(parsed, info));
  }

  private static Properties fixedCredentials() {
    Properties info = new Properties();
    info.put("credentialsProvider", FIXED);
    return info;
  }

  /** A token taken apart. */
  private record Token(String host, Map<String, String> parameters) {

    static Token of(String text) {
      int query = text.indexOf("/?");
      Map<String, String> parameters = new HashMap<>();
      for (String pair : text.substring(query + 2).split("&")) {
        String[] keyAndValue = pair.split("=", 2);
        parameters.put(keyAndValue[0], URLDecoder.decode(keyAndValue[1], StandardCharsets.UTF_8));
      }
      return new Token(text.substring(0, query), parameters);
    }

    /** In seconds; one may be lost between two readings of the clock inside the SDK. */
    int expires() {
      return Integer.parseInt(parameters.get("X-Amz-Expires"));
    }
  }
}
