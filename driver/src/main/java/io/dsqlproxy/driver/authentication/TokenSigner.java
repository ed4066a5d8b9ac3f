package io.dsqlproxy.driver.authentication;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/**
 * Signs tokens with AWS credentials. Signing is local arithmetic; only fetching credentials may ask
 * the network. Immutable, safe for use by many threads.
 *
 * <p>The same token comes from the {@code DsqlUtilities} of the AWS SDK, which however write it to
 * a log on their way.
 *
 * @param clock the time of the signature
 * @param chance gives numbers from 0 to 1
 */
record TokenSigner(Clock clock, DoubleSupplier chance) {

  private static final Logger LOG = LoggerFactory.getLogger(TokenSigner.class);
  private static final String SERVICE = "dsql";
  private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

  TokenSigner {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(chance, "chance");
  }

  /**
   * A fresh token. It is good for as long as is asked for, but not beyond the credentials, which
   * the service checks together with it.
   *
   * @throws RuntimeException whatever the provider of the credentials fails with
   * @throws ExpiredCredentialsException if the credentials do not hold any more
   */
  Token sign(TokenRequest request) {
    AwsCredentials credentials = request.credentials().resolve();
    Instant now = clock.instant();
    Duration lifetime = lifetime(request.lifetime(), credentials.expirationTime(), now);
    String text = presigned(request.scope(), credentials, now, lifetime);
    LOG.debug(
        "Signed a token for user {} on {} in {} with {}, good for {}",
        request.scope().user(),
        request.scope().host(),
        request.scope().region(),
        request.credentials(),
        lifetime);
    return Token.of(text, now, lifetime, chance.getAsDouble());
  }

  /** A URL that is signed for a while, without its scheme. */
  private static String presigned(
      TokenScope scope, AwsCredentials credentials, Instant now, Duration lifetime) {
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol("https")
            .host(scope.host())
            .encodedPath("/")
            .putRawQueryParameter("Action", scope.action())
            .build();
    SdkHttpRequest signed =
        SIGNER
            .sign(
                sign ->
                    sign.identity(credentials)
                        .request(unsigned)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, scope.region())
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, lifetime)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)))
            .request();
    return scope.host() + "/?" + signed.encodedQueryParameters().orElseThrow();
  }

  private static Duration lifetime(Duration wanted, Optional<Instant> end, Instant now) {
    if (end.isEmpty()) {
      return wanted;
    }
    Duration left = Duration.between(now, end.get()).truncatedTo(ChronoUnit.SECONDS);
    if (left.isZero() || left.isNegative()) {
      throw new ExpiredCredentialsException(end.get());
    }
    return left.compareTo(wanted) < 0 ? left : wanted;
  }
}
