package io.dsqlproxy.simulator;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client that sends what it is told over TLS, after an SSLRequest. Confined to one thread. */
final class RawClient implements AutoCloseable {

  static final int SSL_REQUEST = 80877103;
  static final int VERSION_3_0 = 3 << 16;

  private static final int PATIENCE_MILLIS = 10_000;
  private static final int NO_LIMIT = 1 << 28;

  private final SSLSocket socket;
  final DataInputStream in;
  final OutputStream out;

  /** Sends this server name, or none if it is null; asks for TLS, or starts it at once. */
  RawClient(int port, String serverName, boolean direct) throws Exception {
    Socket plain = new Socket("localhost", port);
    plain.setSoTimeout(PATIENCE_MILLIS);
    if (!direct) {
      plain.getOutputStream().write(new MessageBuilder().int32(8).int32(SSL_REQUEST).body());
      plain.getInputStream().read();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsAll()}, null);
    socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    if (serverName != null) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    socket.setSSLParameters(parameters);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  RawClient(int port) throws Exception {
    this(port, null, false);
  }

  /** Sends a startup packet for admin; answers the server's first message. */
  Message startup(int version) throws IOException {
    byte[] body =
        new MessageBuilder()
            .int32(version)
            .string("user")
            .string("admin")
            .string("database")
            .string("postgres")
            .character((char) 0)
            .body();
    out.write(new MessageBuilder().int32(body.length + 4).bytes(body).body());
    return read();
  }

  /** Logs in; answers the BackendKeyData. */
  Message login(String token) throws IOException {
    startup(VERSION_3_0);
    new MessageBuilder().string(token).message('p').write(out);
    Message keyData = null;
    Message answer = read();
    while (answer.type() != 'Z') {
      keyData = answer.type() == 'K' ? answer : keyData;
      answer = read();
    }
    return keyData;
  }

  /** Sends a simple query; answers the first error, or ReadyForQuery. */
  Message query(String sql) throws IOException {
    send(sql);
    Message error = null;
    Message answer = read();
    while (answer.type() != 'Z') {
      error = answer.isError() ? answer : error;
      answer = read();
    }
    return error == null ? answer : error;
  }

  void send(String sql) throws IOException {
    new MessageBuilder().string(sql).message('Q').write(out);
  }

  Message read() throws IOException {
    return Message.read(in, NO_LIMIT);
  }

  /** Cuts the connection without a word of PostgreSQL's protocol. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static final class TrustsAll implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
