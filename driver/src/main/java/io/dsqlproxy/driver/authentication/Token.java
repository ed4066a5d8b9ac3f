package io.dsqlproxy.driver.authentication;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A signed token, and how long it is of use. Immutable.
 *
 * @param text the password; a secret
 * @param signedAt when it was signed
 * @param renewAt when another one should be signed although this one still holds
 * @param uselessAt when it is not sent any more: a little before it expires, because a login takes
 *     time and clocks differ
 */
public record Token(String text, Instant signedAt, Instant renewAt, Instant uselessAt) {

  /** The part of the lifetime after which renewal begins, before chance adds to it. */
  private static final double RENEWAL = 0.7;

  /** The most that chance adds, so that the members of a fleet do not renew at the same time. */
  private static final double JITTER = 0.15;

  private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

  public Token {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(signedAt, "signedAt");
    Objects.requireNonNull(renewAt, "renewAt");
    Objects.requireNonNull(uselessAt, "uselessAt");
  }

  /**
   * A token that was just signed.
   *
   * @param chance from 0 to 1, decides how early it is renewed
   */
  static Token of(String text, Instant signedAt, Duration lifetime, double chance) {
    Duration tenth = lifetime.dividedBy(10);
    Duration margin = tenth.compareTo(LONGEST_MARGIN) < 0 ? tenth : LONGEST_MARGIN;
    long renewAfter = (long) (lifetime.toNanos() * (RENEWAL + JITTER * chance));
    return new Token(
        text, signedAt, signedAt.plusNanos(renewAfter), signedAt.plus(lifetime).minus(margin));
  }

  boolean isUsable(Instant now) {
    return now.isBefore(uselessAt);
  }

  boolean isDueForRenewal(Instant now) {
    return !now.isBefore(renewAt);
  }

  /** Shows when, and not the text. */
  @Override
  public String toString() {
    return "Token[signed " + signedAt + ", useless " + uselessAt + ']';
  }
}
