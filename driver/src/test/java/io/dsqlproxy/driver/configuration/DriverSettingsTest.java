package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.execution.FailedCommit;
import io.dsqlproxy.driver.execution.RetryMode;
import io.dsqlproxy.driver.execution.RetryPolicy;
import io.dsqlproxy.rewriter.LockEmulation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class DriverSettingsTest {

  private static final String URL = "jdbc:dsql-proxy://h/db";

  @Test
  void withoutAnythingTheDocumentedDefaultsHold() throws Exception {
    DriverSettings settings = settings(URL, null);

    assertThat(settings.dialect()).isEqualTo(Dialect.AUTO);
    assertThat(settings.authentication()).isEqualTo(AuthenticationMode.AUTO);
    assertThat(settings.region()).isEmpty();
    assertThat(settings.profile()).isEmpty();
    assertThat(settings.credentialsProvider()).isEmpty();
    assertThat(settings.tokenLifetime()).isEqualTo(Duration.ofMinutes(15));
    assertThat(settings.connecting())
        .isEqualTo(new ConnectSettings(Duration.ofSeconds(30), 100, 1000));
    assertThat(settings.planning())
        .isEqualTo(
            new PlanSettings(
                true, "forUpdate", "", false, LockEmulation.NONE, 2048, 8L * 1024 * 1024));
    assertThat(settings.retryPolicy())
        .isEqualTo(
            new RetryPolicy(
                100, Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(60)))
        .isEqualTo(RetryPolicy.DEFAULT);
    assertThat(settings.retryMode()).isEqualTo(RetryMode.TRANSACTION);
    assertThat(settings.failedCommit()).isEqualTo(FailedCommit.RETURN);
    assertThat(settings.journalBytes()).isEqualTo(8L * 1024 * 1024);
    assertThat(settings.retryBudget()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({"transaction, TRANSACTION", "statement, STATEMENT", "off, OFF"})
  void whatIsRunAgainCanBeChosen(String text, RetryMode mode) throws Exception {
    DriverSettings settings = settings(URL + "?retryMode=" + text + "&journalBytes=0", null);
    assertThat(settings.retryMode()).isEqualTo(mode);
    assertThat(settings.journalBytes()).isZero();
  }

  @Test
  void theUrlWinsOverPropertiesAsInPgJdbc() throws Exception {
    Properties info = new Properties();
    info.setProperty("retryAttempts", "2");
    info.setProperty("region", "eu-west-1");

    DriverSettings settings = settings(URL + "?retryAttempts=7", info);

    assertThat(settings.retryPolicy().maxAttempts()).isEqualTo(7);
    assertThat(settings.region()).contains("eu-west-1");
  }

  @Test
  void defaultsOfPropertiesCount() throws Exception {
    Properties defaults = new Properties();
    defaults.setProperty("retryAttempts", "2");

    assertThat(settings(URL, new Properties(defaults)).retryPolicy().maxAttempts()).isEqualTo(2);
  }

  @Test
  void theCredentialsProviderIsTakenAsAnObject() throws Exception {
    Properties info = new Properties();
    StaticCredentialsProvider provider =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "geheim"));
    info.put("credentialsProvider", provider);

    DriverSettings settings = settings(URL, info);

    assertThat(settings.credentialsProvider()).containsSame(provider);
    assertThat(settings.toString()).doesNotContain("geheim").doesNotContain("Provider");
  }

  @ParameterizedTest
  @CsvSource({
    "authentication, IAM",
    "authentication, token",
    "authentication, ''",
    "region, ''",
    "region, US-EAST-1",
    "region, us-east-1;geheim",
    "profile, ' '",
    "tokenLifetime, 900",
    "tokenLifetime, 0s",
    "tokenLifetime, 1500ms",
    "tokenLifetime, 8d",
    "tokenLifetime, -1m",
    "tokenLifetime, 15 m",
    "tokenLifetime, 15M",
    "tokenLifetime, 99999999999999999999d",
    "rewriteLocks, TRUE",
    "rewriteLocks, yes",
    "rewriteLocks, ''",
    "lockPolicy, none such",
    "allowWeakerIsolation, 1",
    "retryMode, TRANSACTION",
    "retryMode, none",
    "journalBytes, 2GiB",
    "journalBytes, lots",
    "retryBudget, 0",
    "retryBudget, 20%",
    "retryAttempts, 0",
    "retryAttempts, -1",
    "retryAttempts, 101",
    "retryAttempts, 5.0",
    "retryAttempts, 99999999999999999999",
    "retryAttempts, five",
    "retryBaseDelay, 50",
    "retryMaxDelay, 10ms",
    "retryMaxDelay, 1h",
    "retryDeadline, 5m",
    "retryDeadline, 300s",
    "planCacheEntries, -1",
    "planCacheBytes, 8MB",
    "planCacheBytes, 2GiB",
  })
  void aBadValueIsRefusedWithKeyRuleAndDefault(String key, String value) {
    Properties info = new Properties();
    info.setProperty(key, value);
    DriverProperty property = DriverProperty.ofKey(key).orElseThrow();

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> settings(URL, info))
        .withMessageContaining("property " + key + " must be " + property.rule())
        .withMessageContaining(
            property.defaultText().isEmpty()
                ? "no default"
                : "the default is " + property.defaultText())
        .withMessageNotContaining("geheim")
        .withNoCause()
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @Test
  void aSecretIsNotRepeatedByItsRefusal() {
    Properties asText = new Properties();
    asText.setProperty("credentialsProvider", "geheim");
    Properties asWrongObject = new Properties();
    asWrongObject.put("credentialsProvider", new StringBuilder("geheim"));

    for (Properties info : new Properties[] {asText, asWrongObject}) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> settings(URL, info))
          .withMessageContaining("credentialsProvider")
          .withMessageContaining("AwsCredentialsProvider")
          .withMessageNotContaining("geheim");
    }
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> settings(URL + "?credentialsProvider=geheim", null))
        .withMessageNotContaining("geheim");
    // Nor by a parser that says what it found.
    SQLException refusal =
        ConfigurationErrors.invalidValue(
            DriverProperty.CREDENTIALS_PROVIDER, new IllegalArgumentException("geheim"));
    assertThat(refusal.getMessage()).doesNotContain("geheim");
  }

  @Test
  void aValueThatIsNoStringIsRefusedInsteadOfIgnored() {
    Properties info = new Properties();
    info.put("retryAttempts", 1);

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> settings(URL, info))
        .withMessageContaining("retryAttempts")
        .withMessageContaining("String");
  }

  @ParameterizedTest
  @CsvSource({"50ms, 50", "900s, 900000", "15m, 900000", "1h, 3600000", "7d, 604800000"})
  void aDurationIsANumberWithItsUnit(String text, long millis) throws Exception {
    assertThat(ValueType.duration("0ms", "7d").parser().apply(text))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4096, 4096", "3KiB, 3072", "8MiB, 8388608", "1GiB, 1073741824"})
  void bytesMayHaveABinaryUnit(String text, long bytes) throws Exception {
    assertThat(settings(URL + "?planCacheBytes=" + text, null).planning().cacheBytes())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource(DriverProperty.class)
  void everyDefaultAndEveryChoiceObeysItsRule(DriverProperty property) {
    assertThat(property.description()).isNotBlank().endsWith(".");
    if (!property.defaultText().isEmpty()) {
      assertThat(property.parse(property.defaultText())).isNotNull();
    }
    for (String choice : property.choices()) {
      assertThat(property.parse(choice)).isNotNull();
    }
  }

  @Test
  void theMachinesLanguageChangesNothing() throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(new Locale.Builder().setLanguage("tr").setRegion("TR").build());
    try {
      assertThat(settings(URL + "?authentication=iam", null).authentication())
          .isEqualTo(AuthenticationMode.IAM);
      assertThat(DsqlEndpoint.ofHost("ABCDEFGHIJKLMNOPQRSTUVWXY1.DSQL.AP-NORTHEAST-1.ON.AWS"))
          .map(DsqlEndpoint::region)
          .contains("ap-northeast-1");
    } finally {
      Locale.setDefault(before);
    }
  }

  private static DriverSettings settings(String url, Properties info) throws SQLException {
    return DriverSettings.from(ConnectionUrl.parse(url), info);
  }

  @ParameterizedTest
  @CsvSource({
    "conditional, ''",
    "shards:conditional, executions.v",
    "'deferred,s.shards:forUpdate:conditional', s.executions.v",
  })
  void conditionalLocksWithoutAVersionColumnAreRefused(String policy, String columns) {
    Properties info = new Properties();
    info.setProperty("lockPolicy", policy);
    info.setProperty("versionColumns", columns);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> settings(URL, info))
        .withMessageContaining("versionColumns declares no version column")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @ParameterizedTest
  @CsvSource({
    "conditional, t.v",
    "shards:conditional, s.shards.v",
    "s.shards:conditional, shards.v",
  })
  void conditionalLocksWithAVersionColumnAreAccepted(String policy, String columns)
      throws SQLException {
    Properties info = new Properties();
    info.setProperty("lockPolicy", policy);
    info.setProperty("versionColumns", columns);
    assertThat(settings(URL, info).planning().lockPolicy()).isEqualTo(policy);
  }
}
