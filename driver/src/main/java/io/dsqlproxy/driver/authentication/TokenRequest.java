package io.dsqlproxy.driver.authentication;

import java.time.Duration;
import java.util.Objects;

/**
 * What a token is needed for, and who signs it. Immutable.
 *
 * @param scope what the token opens
 * @param credentials who signs
 * @param lifetime how long it is to be good, in whole seconds
 */
record TokenRequest(TokenScope scope, CredentialsSource credentials, Duration lifetime) {

  TokenRequest {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(lifetime, "lifetime");
  }

  /** Requests with equal keys can use the same token. */
  Key key() {
    return new Key(scope, credentials.key(), lifetime);
  }

  /**
   * What a token is remembered by.
   *
   * @param scope what it opens
   * @param credentials who signed it, not kept alive
   * @param lifetime how long it was to be good
   */
  record Key(TokenScope scope, Object credentials, Duration lifetime) {

    /** Nobody can ask with this key again. */
    boolean isGone() {
      return credentials instanceof ApplicationCredentials.Key key && key.isGone();
    }
  }
}
