package io.dsqlproxy.simulator;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One typed message of PostgreSQL's protocol version 3, body without the length word. Not to be
 * modified after it was made.
 */
record Message(char type, byte[] body) {

  static Message read(DataInputStream in, int limit) throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 4 || length > limit) {
      throw new ProtocolViolation("message of type " + type + " with length " + length);
    }
    byte[] body = in.readNBytes(length - 4);
    if (body.length != length - 4) {
      throw new ProtocolViolation("message of type " + type + " was cut");
    }
    return new Message((char) type, body);
  }

  void write(OutputStream out) throws IOException {
    int length = body.length + 4;
    out.write(type);
    out.write(length >>> 24);
    out.write(length >>> 16);
    out.write(length >>> 8);
    out.write(length);
    out.write(body);
  }

  boolean isError() {
    return type == 'E';
  }

  /** The n-th zero-terminated string of the body. */
  String string(int index) {
    int from = 0;
    for (int i = 0; ; i++) {
      int end = endOfString(from);
      if (i == index) {
        return new String(body, from, end - from, StandardCharsets.UTF_8);
      }
      from = end + 1;
    }
  }

  /** The fields of an ErrorResponse or NoticeResponse by their code. */
  Map<Character, String> fields() {
    Map<Character, String> fields = new LinkedHashMap<>();
    int at = 0;
    while (at < body.length && body[at] != 0) {
      int end = endOfString(at + 1);
      fields.put((char) body[at], new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8));
      at = end + 1;
    }
    return fields;
  }

  /** The columns of a DataRow in text format; NULL is null. */
  List<String> values() {
    ByteBuffer row = ByteBuffer.wrap(body);
    List<String> values = new ArrayList<>();
    for (int columns = row.getShort(); columns > 0; columns--) {
      int length = row.getInt();
      if (length < 0) {
        values.add(null);
      } else {
        byte[] value = new byte[length];
        row.get(value);
        values.add(new String(value, StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  String sqlState() {
    return fields().getOrDefault('C', "");
  }

  private int endOfString(int from) {
    for (int i = from; i < body.length; i++) {
      if (body[i] == 0) {
        return i;
      }
    }
    throw new ProtocolViolation("a string without an end in a message of type " + type);
  }
}
