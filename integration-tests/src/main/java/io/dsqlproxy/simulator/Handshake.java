package io.dsqlproxy.simulator;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What happens on a new socket before the login: TLS, asked for or at once, and the startup packet.
 * Thread-safe.
 */
final class Handshake {

  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int PROTOCOL_MAJOR = 3;
  private static final int MAX_PACKET = 10_000;
  private static final int TLS_HANDSHAKE = 0x16;

  private final SSLContext context;
  private final CancelKeys keys;

  Handshake(SSLContext context, CancelKeys keys) {
    this.context = context;
    this.keys = keys;
  }

  /** An encrypted socket; null if the client wanted or deserved nothing more. */
  SSLSocket encrypt(Socket raw) throws IOException {
    InputStream in = raw.getInputStream();
    while (true) {
      int first = in.read();
      if (first == TLS_HANDSHAKE) {
        return tls(raw, new byte[] {(byte) first});
      }
      DataInputStream data = new DataInputStream(in);
      int length =
          first << 24
              | data.readUnsignedByte() << 16
              | data.readUnsignedByte() << 8
              | data.readUnsignedByte();
      if (first < 0 || length < 8 || length > MAX_PACKET) {
        return null;
      }
      int code = data.readInt();
      if (code == CancelKeys.CANCEL_REQUEST) {
        keys.cancel(data.readInt(), data.readInt());
        return null;
      }
      data.skipNBytes(length - 8L);
      switch (code) {
        case SSL_REQUEST:
          raw.getOutputStream().write('S');
          return tls(raw, new byte[0]);
        case GSS_REQUEST:
          raw.getOutputStream().write('N');
          break;
        default:
          Replies.fatal("08006", "unable to accept connection, SSL is required", null)
              .write(raw.getOutputStream());
          return null;
      }
    }
  }

  /** The parameters of the startup packet; null if the client is to get nothing more. */
  Map<String, String> startup(ClientLink client) throws IOException {
    DataInputStream in = client.in();
    int length = in.readInt();
    if (length < 8 || length > MAX_PACKET) {
      throw new ProtocolViolation("startup packet with length " + length);
    }
    int version = in.readInt();
    if (version == CancelKeys.CANCEL_REQUEST) {
      keys.cancel(in.readInt(), in.readInt());
      return null;
    }
    byte[] body = in.readNBytes(length - 8);
    if (body.length != length - 8) {
      throw new ProtocolViolation("the startup packet was cut");
    }
    if (version >>> 16 != PROTOCOL_MAJOR) {
      client.refuse(
          Rejection.notSupported(
              "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0"
                  .formatted(version >>> 16, version & 0xffff)));
      return null;
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    String[] words = new String(body, StandardCharsets.UTF_8).split("\0", -1);
    for (int i = 0; i + 1 < words.length && !words[i].isEmpty(); i += 2) {
      parameters.put(words[i], words[i + 1]);
    }
    List<String> extensions =
        parameters.keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    if ((version & 0xffff) != 0 || !extensions.isEmpty()) {
      client.send(Replies.negotiateVersion(PROTOCOL_MAJOR << 16, extensions));
    }
    return parameters;
  }

  /** Whether the client named the server that it wants (SNI). */
  static boolean hasServerName(SSLSocket socket) {
    return socket.getSession() instanceof ExtendedSSLSession session
        && !session.getRequestedServerNames().isEmpty();
  }

  private SSLSocket tls(Socket raw, byte[] consumed) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(raw, new ByteArrayInputStream(consumed), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"postgresql"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
