package io.dsqlproxy.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The messages that a server sends to a client. */
final class Replies {

  static final Message PASSWORD_REQUEST = new MessageBuilder().int32(3).message('R');
  static final Message PARSE_COMPLETE = new Message('1', new byte[0]);
  static final Message EMPTY_QUERY = new Message('I', new byte[0]);
  static final Message PORTAL_SUSPENDED = new Message('s', new byte[0]);

  private static final int TEXT_OID = 25;

  private Replies() {}

  static Message error(Rejection rejection) {
    return report("ERROR", rejection);
  }

  static Message fatal(Rejection rejection) {
    return report("FATAL", rejection);
  }

  static Message fatal(String sqlState, String message, String hint) {
    return fatal(new Rejection(sqlState, message, null, hint));
  }

  /** Tells a client that asked for a newer protocol what it gets. */
  static Message negotiateVersion(int newest, List<String> unknownOptions) {
    MessageBuilder answer = new MessageBuilder().int32(newest).int32(unknownOptions.size());
    unknownOptions.forEach(answer::string);
    return answer.message('v');
  }

  static Message commandComplete(String tag) {
    return new MessageBuilder().string(tag).message('C');
  }

  static Message oneTextColumn(String name) {
    return new MessageBuilder()
        .int16(1)
        .string(name)
        .int32(0)
        .int16(0)
        .int32(TEXT_OID)
        .int16(-1)
        .int32(-1)
        .int16(0)
        .message('T');
  }

  static Message oneTextValue(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return new MessageBuilder().int16(1).int32(bytes.length).bytes(bytes).message('D');
  }

  private static Message report(String severity, Rejection rejection) {
    MessageBuilder report =
        new MessageBuilder()
            .character('S')
            .string(severity)
            .character('V')
            .string(severity)
            .character('C')
            .string(rejection.sqlState())
            .character('M')
            .string(rejection.message());
    if (rejection.detail() != null) {
      report.character('D').string(rejection.detail());
    }
    if (rejection.hint() != null) {
      report.character('H').string(rejection.hint());
    }
    return report.character((char) 0).message('E');
  }
}
