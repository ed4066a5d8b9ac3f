package io.dsqlproxy.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/** The encrypted connection to one client. Confined to the session's thread. */
final class ClientLink {

  private static final int MAX_MESSAGE = 10 << 20;

  private final DataInputStream in;
  private final OutputStream out;

  ClientLink(Socket socket) throws IOException {
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 15));
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 15);
  }

  DataInputStream in() {
    return in;
  }

  Message read() throws IOException {
    return Message.read(in, MAX_MESSAGE);
  }

  void send(Message message) {
    try {
      message.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flush() throws IOException {
    out.flush();
  }
}
