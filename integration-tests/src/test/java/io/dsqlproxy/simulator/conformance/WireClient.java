package io.dsqlproxy.simulator.conformance;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A tiny client that sees what pgJDBC hides: the command tags, as they come over the wire. */
final class WireClient implements FactClient {

  private static final int SSL_REQUEST = 80_877_103;
  private static final int PROTOCOL_VERSION = 3 << 16;
  private static final int BLOCKED_AFTER_MILLIS = 10_000;

  private final boolean extended;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  WireClient(DsqlSimulator simulator, boolean extended) {
    this.extended = extended;
    try {
      Socket raw = new Socket(simulator.host(), simulator.port());
      raw.setTcpNoDelay(true);
      raw.setSoTimeout(BLOCKED_AFTER_MILLIS);
      new DataOutputStream(raw.getOutputStream()).write(ints(8, SSL_REQUEST));
      if (raw.getInputStream().read() != 'S') {
        throw new IOException("no TLS");
      }
      SSLSocket encrypted =
          (SSLSocket)
              trust(simulator)
                  .getSocketFactory()
                  .createSocket(raw, simulator.host(), simulator.port(), true);
      encrypted.startHandshake();
      socket = encrypted;
      in = new DataInputStream(encrypted.getInputStream());
      out = new DataOutputStream(encrypted.getOutputStream());
      logIn(simulator.token("admin"));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext trust(DsqlSimulator simulator)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(simulator.certificateAuthority())) {
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private void logIn(String token) throws IOException {
    byte[] startup = bytes("user\0admin\0database\0postgres\0\0");
    out.write(ints(8 + startup.length, PROTOCOL_VERSION));
    out.write(startup);
    send('p', bytes(token + "\0"));
    if (answers().stream().anyMatch(Answer::isError)) {
      throw new IOException("login refused");
    }
  }

  @Override
  public List<Answer> run(String sql) {
    try {
      if (extended) {
        boolean bound = sql.contains("$1");
        send('P', bytes("\0" + sql + "\0\0\0"));
        send('B', bytes(bound ? "\0\0\0\0\0\1\0\0\0\0011\0\0" : "\0\0\0\0\0\0\0\0"));
        send('D', bytes("P\0"));
        send('E', bytes("\0\0\0\0\0"));
        send('S', new byte[0]);
      } else {
        send('Q', bytes(sql.replace("$1", "1") + "\0"));
      }
      out.flush();
      return answers();
    } catch (IOException e) {
      throw new UncheckedIOException("no answer to: " + sql, e);
    }
  }

  /** Reads up to ReadyForQuery. */
  private List<Answer> answers() throws IOException {
    List<Answer> answers = new ArrayList<>();
    List<String> columns = List.of();
    List<List<String>> rows = new ArrayList<>();
    while (true) {
      char type = (char) in.readUnsignedByte();
      byte[] body = in.readNBytes(in.readInt() - 4);
      switch (type) {
        case 'T' -> columns = columns(ByteBuffer.wrap(body));
        case 'D' -> rows.add(row(ByteBuffer.wrap(body)));
        case 'C' -> {
          answers.add(Answer.ok(string(ByteBuffer.wrap(body)), rows.size(), columns, rows));
          columns = List.of();
          rows = new ArrayList<>();
        }
        case 'G' -> {
          send('c', new byte[0]);
          if (extended) {
            send('S', new byte[0]);
          }
          out.flush();
        }
        case 'E' -> answers.add(error(ByteBuffer.wrap(body)));
        case 'Z' -> {
          return answers;
        }
        default -> {
          // Parameters, notices, and the acknowledgements of the extended protocol.
        }
      }
    }
  }

  private static List<String> columns(ByteBuffer body) {
    List<String> columns = new ArrayList<>();
    for (int n = body.getShort(); n > 0; n--) {
      columns.add(string(body));
      body.position(body.position() + 18);
    }
    return columns;
  }

  private static List<String> row(ByteBuffer body) {
    List<String> row = new ArrayList<>();
    for (int n = body.getShort(); n > 0; n--) {
      int length = body.getInt();
      byte[] value = new byte[Math.max(length, 0)];
      body.get(value);
      row.add(length < 0 ? null : new String(value, StandardCharsets.UTF_8));
    }
    return row;
  }

  private static Answer error(ByteBuffer body) {
    String state = "";
    String message = "";
    for (byte field = body.get(); field != 0; field = body.get()) {
      String value = string(body);
      state = field == 'C' ? value : state;
      message = field == 'M' ? value : message;
    }
    return Answer.error(state, message);
  }

  private static String string(ByteBuffer body) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (byte b = body.get(); b != 0; b = body.get()) {
      text.write(b);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private void send(char type, byte[] body) throws IOException {
    ByteBuffer message = ByteBuffer.allocate(body.length + 5);
    out.write(message.put((byte) type).putInt(body.length + 4).put(body).array());
  }

  private static byte[] ints(int first, int second) {
    return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try (socket) {
      send('X', new byte[0]);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
