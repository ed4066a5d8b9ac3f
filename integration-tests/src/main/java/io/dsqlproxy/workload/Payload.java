package io.dsqlproxy.workload;

import java.nio.charset.StandardCharsets;

/** The blobs that the stores keep without looking into them. */
final class Payload {

  static final String ENCODING = "Proto3";
  static final byte[] EMPTY = {};

  private Payload() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] payload) {
    return new String(payload, StandardCharsets.UTF_8);
  }
}
