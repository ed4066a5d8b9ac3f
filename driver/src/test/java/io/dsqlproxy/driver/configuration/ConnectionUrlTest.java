package io.dsqlproxy.driver.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        "jdbc:dsql-proxy:postgresql://h/db jdbc:postgresql://h/db",
        "jdbc:dsql-proxy://h/db jdbc:postgresql://h/db",
        "jdbc:dsql-proxy://h:5433,[::1]:5/db?user=a jdbc:postgresql://h:5433,[::1]:5/db?user=a",
        "jdbc:dsql-proxy:postgresql:db jdbc:postgresql:db",
        "jdbc:dsql-proxy:postgresql:/ jdbc:postgresql:/",
        "jdbc:dsql-proxy:/// jdbc:postgresql:///",
        "jdbc:dsql-proxy:postgresql:// jdbc:postgresql://",
        "jdbc:dsql-proxy://h/d%20b? jdbc:postgresql://h/d%20b?",
        // Every byte that is not ours stays: empty pieces, double encoding, equals signs, order.
        "jdbc:dsql-proxy://h/db?&a=%2525&&b=x=y==&c&=&d=ü+ jdbc:postgresql://h/db?&a=%2525&&b=x=y==&c&=&d=ü+",
        "jdbc:dsql-proxy://h/db?a=1&& jdbc:postgresql://h/db?a=1&&",
        "jdbc:dsql-proxy://h/db?region=us-east-1 jdbc:postgresql://h/db",
        "jdbc:dsql-proxy://h/db?a=1&region=us-east-1&b=2 jdbc:postgresql://h/db?a=1&b=2",
        "jdbc:dsql-proxy://h/db?retryAttempts=1&a=1&rewriteLocks jdbc:postgresql://h/db?a=1",
        // A key is ours only if it is exactly ours.
        "jdbc:dsql-proxy://h/db?Region=x&regions=y jdbc:postgresql://h/db?Region=x&regions=y",
        "jdbc:dsql-proxy://h/db?options=-c%20search_path=a?b jdbc:postgresql://h/db?options=-c%20search_path=a?b",
      })
  void everythingThatIsNotOursReachesPgJdbcByteForByte(String url, String pgUrl) throws Exception {
    assertThat(ConnectionUrl.parse(url).forPgJdbc().text()).isEqualTo(pgUrl);
  }

  @Test
  void ourValuesAreDecodedAndCutAtTheFirstEqualsSignOnly() throws Exception {
    ConnectionUrl url = ConnectionUrl.parse("jdbc:dsql-proxy://h/db?lockPolicy=a%3Db=c+d&profile");

    assertThat(url.ownValues())
        .containsEntry(DriverProperty.LOCK_POLICY, "a=b=c d")
        .containsEntry(DriverProperty.PROFILE, "");
  }

  @Test
  void theLastOfSeveralValuesHoldsAsInPgJdbc() throws Exception {
    ConnectionUrl url = ConnectionUrl.parse("jdbc:dsql-proxy://h/db?region=a-b&region=c-d");

    assertThat(url.ownValues()).containsEntry(DriverProperty.REGION, "c-d");
  }

  @Test
  void aBrokenEncodingOfOurValueIsRefusedWithItsRule() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () -> ConnectionUrl.parse("jdbc:dsql-proxy://h/db?region=%zzgeheim").ownValues())
        .withMessageContaining("region")
        .withMessageNotContaining("geheim")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:dsql-proxy:",
        "jdbc:dsql-proxy:geheim",
        "jdbc:dsql-proxy:mysql://h/db?password=geheim",
        "jdbc:dsql-proxy:/h?password=geheim",
        "jdbc:dsql-proxy://h?password=geheim",
        "jdbc:dsql-proxy://h/a/geheim?password=geheim",
        "jdbc:dsql-proxy://me:geheim@h/db",
        "jdbc:dsql-proxy:postgresql://me:geheim@h/db?password=geheim",
        "jdbc:dsql-proxy://me:ge/heim@h/db",
      })
  void aMalformedUrlIsRefusedWithoutBeingRepeated(String url) {
    assertThat(ConnectionUrl.isOurs(url)).isTrue();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> ConnectionUrl.parse(url))
        .withMessageNotContainingAny("geheim", "heim")
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08001"));
  }

  @Test
  void theUrlThatIsShownHoldsNoSecret() throws Exception {
    ConnectionUrl url =
        ConnectionUrl.parse(
            "jdbc:dsql-proxy://h/db?password=geheim&user=me&sslpassword=geheim&PassWord=geheim"
                + "&credentialsProvider=geheim&retryAttempts=3&password");

    assertThat(url.withoutSecrets()).isEqualTo("jdbc:dsql-proxy://h/db?user=me&retryAttempts=3");
    assertThat(url).hasToString(url.withoutSecrets());
    assertThat(url.forPgJdbc().toString()).doesNotContain("geheim");
  }
}
