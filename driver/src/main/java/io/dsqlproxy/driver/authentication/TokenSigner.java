package io.dsqlproxy.driver.authentication;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

/**
 * Signs tokens with AWS credentials. Signing is local arithmetic; only fetching credentials may ask
 * the network. Immutable, safe for use by many threads.
 *
 * @param clock the time that tokens are remembered by; the AWS SDK signs with the system's
 * @param chance gives numbers from 0 to 1
 */
record TokenSigner(Clock clock, DoubleSupplier chance) {

  private static final Logger LOG = LoggerFactory.getLogger(TokenSigner.class);
  private static final DsqlUtilities UTILITIES = DsqlUtilities.builder().build();

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
    TokenScope scope = request.scope();
    AwsCredentials credentials = request.credentials().resolve();
    Instant now = clock.instant();
    Duration lifetime = lifetime(request.lifetime(), credentials.expirationTime(), now);
    GenerateAuthTokenRequest unsigned =
        GenerateAuthTokenRequest.builder()
            .hostname(scope.host())
            .region(Region.of(scope.region()))
            .expiresIn(lifetime)
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .build();
    String text =
        scope.forAdmin()
            ? UTILITIES.generateDbConnectAdminAuthToken(unsigned)
            : UTILITIES.generateDbConnectAuthToken(unsigned);
    LOG.debug(
        "Signed a token for user {} on {} in {} with {}, good for {}",
        scope.user(),
        scope.host(),
        scope.region(),
        request.credentials(),
        lifetime);
    return Token.of(text, now, lifetime, chance.getAsDouble());
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
