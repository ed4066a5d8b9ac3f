package io.dsqlproxy.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One session's connection to the embedded PostgreSQL. Parse trees, which PostgreSQL sends as LOG
 * notices, are kept here and never passed on. Confined to the session's thread.
 */
final class BackendLink implements AutoCloseable {

  private static final int PROTOCOL_VERSION = 3 << 16;
  private static final int NO_LIMIT = Integer.MAX_VALUE - 8;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private String parseTree;

  private BackendLink(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 15));
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 15);
  }

  static BackendLink open(int port, Map<String, String> parameters) throws IOException {
    BackendLink link = new BackendLink(new Socket(InetAddress.getLoopbackAddress(), port));
    try {
      link.start(parameters);
      return link;
    } catch (IOException e) {
      link.socket.close();
      throw e;
    }
  }

  private void start(Map<String, String> parameters) throws IOException {
    MessageBuilder startup = new MessageBuilder().int32(PROTOCOL_VERSION);
    parameters.forEach((name, value) -> startup.string(name).string(value));
    byte[] body = startup.character((char) 0).body();
    out.write(new MessageBuilder().int32(body.length + 4).bytes(body).body());
    out.flush();
  }

  BackendLink queue(Message message) throws IOException {
    message.write(out);
    return this;
  }

  /**
   * Sends what was queued and reads until an error or a message of one of these types, which is
   * returned; what comes before goes to the sink.
   */
  Message await(String types, Consumer<Message> sink) throws IOException {
    if (types.indexOf('Z') < 0) {
      queue(Requests.FLUSH);
    }
    out.flush();
    while (true) {
      Message message = Message.read(in, NO_LIMIT);
      if (message.isError() || types.indexOf(message.type()) >= 0) {
        return message;
      }
      if (!isLog(message)) {
        sink.accept(message);
      }
    }
  }

  /** The first parse tree since the last call; null if there was none. */
  String takeParseTree() {
    String tree = parseTree;
    parseTree = null;
    return tree;
  }

  /** Ends the session and returns when PostgreSQL has rolled back whatever was open. */
  void end() throws IOException {
    queue(Requests.TERMINATE);
    out.flush();
    in.transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      queue(Requests.TERMINATE);
      out.flush();
    }
  }

  private boolean isLog(Message message) {
    if (message.type() != 'N') {
      return false;
    }
    Map<Character, String> fields = message.fields();
    if (!"LOG".equals(fields.get('V'))) {
      return false;
    }
    if (parseTree == null && fields.getOrDefault('M', "").startsWith("parse tree")) {
      parseTree = fields.get('D');
    }
    return true;
  }
}
