package io.dsqlproxy.simulator;

/** The other side broke the wire protocol; its session ends. */
final class ProtocolViolation extends RuntimeException {

  ProtocolViolation(String message) {
    super(message);
  }
}
