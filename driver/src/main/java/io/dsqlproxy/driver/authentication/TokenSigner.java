package io.dsqlproxy.driver.authentication;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dsql.DsqlUtilities;
import software.amazon.awssdk.services.dsql.model.GenerateAuthTokenRequest;

/**
 * Signs tokens with AWS credentials. Signing is local arithmetic; only fetching credentials may ask
 * the network. Immutable, safe for use by many threads.
 */
final class TokenSigner {

  private static final Logger LOG = LoggerFactory.getLogger(TokenSigner.class);

  /** invalid_authorization_specification. */
  private static final String CANNOT_AUTHENTICATE = "28000";

  private static final String ADMIN = "admin";
  private static final DsqlUtilities UTILITIES = DsqlUtilities.builder().build();

  private final AwsCredentialsProvider credentials;
  private final Duration lifetime;

  TokenSigner(AwsCredentialsProvider credentials, Duration lifetime) {
    this.credentials = Objects.requireNonNull(credentials, "credentials");
    this.lifetime = Objects.requireNonNull(lifetime, "lifetime");
  }

  /**
   * A fresh token. The service accepts only the one of the two actions that belongs to the user:
   * {@code DbConnectAdmin} for {@code admin}, {@code DbConnect} for every other.
   *
   * @throws SQLException SQLSTATE 28000 if there are no credentials to sign with
   */
  String sign(String host, String region, String user) throws SQLException {
    GenerateAuthTokenRequest request =
        GenerateAuthTokenRequest.builder()
            .hostname(host)
            .region(Region.of(region))
            .expiresIn(lifetime)
            .credentialsProvider(credentials)
            .build();
    boolean admin = user.equals(ADMIN);
    try {
      String token =
          admin
              ? UTILITIES.generateDbConnectAdminAuthToken(request)
              : UTILITIES.generateDbConnectAuthToken(request);
      LOG.debug(
          "Signed a token for user {} on {} in {}, good for {}", user, host, region, lifetime);
      return token;
    } catch (RuntimeException failure) {
      // Providers fail with whatever they like; the cause says what, and this says when.
      throw new SQLException(
          "No authentication token could be signed for user "
              + user
              + ": the AWS credentials could not be obtained or used.",
          CANNOT_AUTHENTICATE,
          failure);
    }
  }

  /** Says nothing about the credentials. */
  @Override
  public String toString() {
    return "TokenSigner[" + lifetime + ']';
  }
}
