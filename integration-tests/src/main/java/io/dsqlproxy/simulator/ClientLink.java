package io.dsqlproxy.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** The encrypted connection to one client. Confined to the session's thread. */
final class ClientLink {

  private static final int MAX_MESSAGE = 10 << 20;

  private final DataInputStream in;
  private final OutputStream out;
  private String applicationName;

  /** Answers that may never be sent; null if answers go out at once. */
  private List<Message> heldBack;

  private final Socket socket;
  private long received;

  ClientLink(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 15));
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 15);
  }

  DataInputStream in() {
    return in;
  }

  Message read() throws IOException {
    Message message = Message.read(in, MAX_MESSAGE);
    received += message.body().length;
    return message;
  }

  /** What the client was told its {@code application_name} is; null before it was. */
  String applicationName() {
    return applicationName;
  }

  /** Keeps what is sent from now on. */
  void holdBack() {
    heldBack = new ArrayList<>();
  }

  /** Ends the holding back, and sends what was kept if it is wanted. */
  void letGo(boolean wanted) {
    List<Message> kept = heldBack;
    heldBack = null;
    if (wanted) {
      kept.forEach(this::send);
    }
  }

  void send(Message message) {
    if (heldBack != null) {
      heldBack.add(message);
      return;
    }
    if (message.type() == 'S' && message.string(0).equals("application_name")) {
      applicationName = message.string(1);
    }
    try {
      message.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last that this client hears. */
  void refuse(Rejection rejection) throws IOException {
    send(Replies.fatal(rejection));
    flush();
  }

  /** Ends the connection without a word; another thread may do that. */
  void cut() throws IOException {
    socket.close();
  }

  /** How many bytes of messages were received. */
  long received() {
    return received;
  }

  void flush() throws IOException {
    out.flush();
  }
}
