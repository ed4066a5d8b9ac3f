package io.dsqlproxy.driver.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

class TokenSignerTest {

  private static final String HOST = "abcdefghijklmnopqrstuvwx12.dsql.eu-west-3.on.aws";
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  static Stream<Arguments> usersAndCredentials() {
    AwsCredentials keys = AwsBasicCredentials.create("AKIDEXAMPLE", "geheim");
    AwsCredentials session = AwsSessionCredentials.create("ASIAEXAMPLE", "geheim", "a/b+c==");
    AwsCredentials copied = AwsSessionCredentials.create(" ASIA\n", "geheim ", "~*é/ %+\t");
    return Stream.of(keys, session, copied)
        .flatMap(any -> Stream.of(Arguments.of("admin", any), Arguments.of("app", any)));
  }

  /** The SDK's utilities have no clock to set, so theirs come first. */
  @ParameterizedTest
  @MethodSource("usersAndCredentials")
  void theTokenIsThatOfTheSdksOwnUtilities(String user, AwsCredentials credentials) {
    GenerateAuthTokenRequest request =
        GenerateAuthTokenRequest.builder()
            .hostname(HOST)
            .region(Region.EU_WEST_3)
            .expiresIn(Duration.ofMinutes(15))
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .build();
    DsqlUtilities utilities = DsqlUtilities.builder().build();
    String theirs =
        user.equals("admin")
            ? utilities.generateDbConnectAdminAuthToken(request)
            : utilities.generateDbConnectAuthToken(request);
    Instant signedAt = Instant.from(TIMESTAMP.parse(parameter(theirs, "X-Amz-Date")));
    Duration lifetime = Duration.ofSeconds(Long.parseLong(parameter(theirs, "X-Amz-Expires")));

    TokenSigner signer = new TokenSigner(Clock.fixed(signedAt, ZoneOffset.UTC), () -> 0);
    Token ours =
        signer.sign(
            new TokenRequest(
                new TokenScope(HOST, 5432, "eu-west-3", user),
                new ApplicationCredentials(() -> credentials),
                lifetime));

    assertThat(ours.text()).startsWith(HOST + "/?");
    assertThat(parameters(ours.text())).isEqualTo(parameters(theirs));
  }

  @Test
  void theLifeOfATokenBeginsWithTheTimeThatItsSignatureHas() {
    Instant time = Instant.parse("2026-01-01T12:00:00.999Z");
    TokenSigner signer = new TokenSigner(Clock.fixed(time, ZoneOffset.UTC), () -> 0);
    Token token =
        signer.sign(
            new TokenRequest(
                new TokenScope(HOST, 5432, "eu-west-3", "admin"),
                new ApplicationCredentials(() -> AwsBasicCredentials.create("AKIDEXAMPLE", "x")),
                Duration.ofSeconds(10)));
    assertThat(parameter(token.text(), "X-Amz-Date")).isEqualTo("20260101T120000Z");
    assertThat(token.uselessAt()).isEqualTo("2026-01-01T12:00:09Z");
  }

  private static String parameter(String token, String name) {
    return token.replaceAll(".*[?&]" + name + "=([^&]*).*", "$1");
  }

  /** In any order: that of a signed URL does not count. */
  private static Set<String> parameters(String token) {
    return new TreeSet<>(Arrays.asList(token.substring(token.indexOf('?') + 1).split("&")));
  }
}
