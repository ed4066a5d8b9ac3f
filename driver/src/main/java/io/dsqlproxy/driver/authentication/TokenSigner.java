package io.dsqlproxy.driver.authentication;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

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
    // A signature has no fractions of a second, and its life begins with the time that it has.
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Duration lifetime = lifetime(request.lifetime(), credentials.expirationTime(), now);
    TokenScope scope = request.scope();
    String text =
        PresignedUrl.of(
            scope.host(),
            Map.of("Action", scope.action()),
            SERVICE,
            scope.region(),
            credentials,
            now,
            lifetime);
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
