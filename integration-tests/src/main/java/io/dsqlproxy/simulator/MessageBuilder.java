package io.dsqlproxy.simulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Assembles the body of one message. Confined to one thread. */
final class MessageBuilder {

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  MessageBuilder character(char value) {
    body.write(value);
    return this;
  }

  MessageBuilder int16(int value) {
    body.write(value >>> 8);
    body.write(value);
    return this;
  }

  MessageBuilder int32(int value) {
    return int16(value >>> 16).int16(value);
  }

  MessageBuilder string(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8)).character((char) 0);
  }

  MessageBuilder bytes(byte[] value) {
    body.writeBytes(value);
    return this;
  }

  byte[] body() {
    return body.toByteArray();
  }

  Message message(char type) {
    return new Message(type, body());
  }
}
