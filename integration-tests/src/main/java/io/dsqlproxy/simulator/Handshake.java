package io.dsqlproxy.simulator;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What happens on a new socket before the login: TLS, asked for or at once, and the startup packet.
 * Stateless.
 */
final class Handshake {

  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int CANCEL_REQUEST = 80877102;
  private static final int PROTOCOL_MAJOR = 3;
  private static final int MAX_PACKET = 10_000;
  private static final int TLS_HANDSHAKE = 0x16;

  private Handshake() {}

  /** An encrypted socket; null if the client wanted or deserved nothing more. */
  static Socket encrypt(Socket raw, SSLContext context) throws IOException {
    InputStream in = raw.getInputStream();
    while (true) {
      int first = in.read();
      if (first == TLS_HANDSHAKE) {
        return tls(raw, context, new byte[] {(byte) first});
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
      data.skipNBytes(length - 8L);
      switch (code) {
        case SSL_REQUEST:
          raw.getOutputStream().write('S');
          return tls(raw, context, new byte[0]);
        case GSS_REQUEST:
          raw.getOutputStream().write('N');
          break;
        case CANCEL_REQUEST:
          return null;
        default:
          Replies.fatal("08006", "unable to accept connection, SSL is required", null)
              .write(raw.getOutputStream());
          return null;
      }
    }
  }

  /** The parameters of the startup packet; null for a cancel request. */
  static Map<String, String> startup(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 8 || length > MAX_PACKET) {
      throw new ProtocolViolation("startup packet with length " + length);
    }
    int version = in.readInt();
    byte[] body = in.readNBytes(length - 8);
    if (version == CANCEL_REQUEST) {
      return null;
    }
    if (version >>> 16 != PROTOCOL_MAJOR || body.length != length - 8) {
      throw new ProtocolViolation("unsupported frontend protocol " + version);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    String[] words = new String(body, StandardCharsets.UTF_8).split("\0", -1);
    for (int i = 0; i + 1 < words.length && !words[i].isEmpty(); i += 2) {
      parameters.put(words[i], words[i + 1]);
    }
    return parameters;
  }

  private static Socket tls(Socket raw, SSLContext context, byte[] consumed) throws IOException {
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
