package io.dsqlproxy.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The messages that a client sends to a server. */
final class Requests {

  static final Message SYNC = new Message('S', new byte[0]);
  static final Message FLUSH = new Message('H', new byte[0]);
  static final Message TERMINATE = new Message('X', new byte[0]);

  private Requests() {}

  static Message parse(String name, String sql) {
    return parse(name, sql, new byte[2]);
  }

  /** {@code types} is the tail of a Parse message: the count and the parameter types. */
  static Message parse(String name, String sql, byte[] types) {
    return new MessageBuilder().string(name).string(sql).bytes(types).message('P');
  }

  /** Everything of a Parse message after its two strings. */
  static byte[] parameterTypes(Message parse) {
    byte[] body = parse.body();
    int at = 0;
    for (int strings = 0; strings < 2; at++) {
      if (body[at] == 0) {
        strings++;
      }
    }
    return Arrays.copyOfRange(body, at, body.length);
  }

  /** All parameters and results in text format. */
  static Message bind(String portal, String statement, String... parameters) {
    MessageBuilder bind =
        new MessageBuilder().string(portal).string(statement).int16(0).int16(parameters.length);
    for (String parameter : parameters) {
      byte[] bytes = parameter.getBytes(StandardCharsets.UTF_8);
      bind.int32(bytes.length).bytes(bytes);
    }
    return bind.int16(0).message('B');
  }

  static Message describePortal(String portal) {
    return new MessageBuilder().character('P').string(portal).message('D');
  }

  static Message execute(String portal) {
    return new MessageBuilder().string(portal).int32(0).message('E');
  }

  static Message closePortal(String portal) {
    return new MessageBuilder().character('P').string(portal).message('C');
  }

  static Message closeStatement(String name) {
    return new MessageBuilder().character('S').string(name).message('C');
  }
}
