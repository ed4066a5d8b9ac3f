package io.dsqlproxy.driver.authentication;

import java.time.Instant;

/** A provider gave credentials that do not hold any more. Immutable. */
final class ExpiredCredentialsException extends IllegalStateException {

  ExpiredCredentialsException(Instant end) {
    super("the AWS credentials expired at " + end);
  }
}
