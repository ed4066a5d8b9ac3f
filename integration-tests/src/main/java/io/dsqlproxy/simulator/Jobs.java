package io.dsqlproxy.simulator;

import java.security.SecureRandom;

/** The identifiers that DSQL answers for asynchronous work. Here the work is done at once. */
final class Jobs {

  static final String COLUMN = "job_id";

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LENGTH = 26;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Jobs() {}

  static String newIdentifier() {
    StringBuilder identifier = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      identifier.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return identifier.toString();
  }
}
