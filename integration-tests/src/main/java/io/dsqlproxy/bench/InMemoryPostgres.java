package io.dsqlproxy.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.SocketFactory;

/**
 * A stand-in for a PostgreSQL server, in memory behind pgJDBC's {@code socketFactory} property: it
 * answers each message of the extended protocol at once with a canned answer. What a driver in
 * front of pgJDBC costs can be measured over it in nanoseconds, without the noise of a network and
 * a server.
 *
 * <p>A query returns as many rows as its {@code LIMIT} says, or one, with a text column for each
 * item of its list; an update affects one row. A connection is confined to one thread.
 */
public final class InMemoryPostgres extends SocketFactory {

  /** pgJDBC makes the factory by its name. */
  public InMemoryPostgres() {}

  /** The URL of the stand-in for raw pgJDBC. */
  public static String url() {
    return "jdbc:postgresql://in-memory/postgres?sslmode=disable&gssEncMode=disable"
        + "&user=postgres&socketFactory="
        + InMemoryPostgres.class.getName();
  }

  @Override
  public Socket createSocket() {
    return new MemorySocket();
  }

  @Override
  public Socket createSocket(String host, int port) {
    return new MemorySocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    return new MemorySocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return new MemorySocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    return new MemorySocket();
  }

  /** A socket that is never connected to anything. */
  private static final class MemorySocket extends Socket {

    private final Answers answers = new Answers();
    private final Session session = new Session(answers);
    private boolean closed;

    @Override
    public void connect(SocketAddress endpoint, int timeout) {}

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public InputStream getInputStream() {
      return answers;
    }

    @Override
    public OutputStream getOutputStream() {
      return session;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public int getSendBufferSize() {
      return 65_536;
    }
  }

  /** What the server has said and the client has not read yet. */
  private static final class Answers extends InputStream {

    private byte[] bytes = new byte[1 << 16];
    private int read;
    private int written;

    void put(byte[] message) {
      if (read == written) {
        read = 0;
        written = 0;
      }
      if (written + message.length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, written + message.length));
      }
      System.arraycopy(message, 0, bytes, written, message.length);
      written += message.length;
    }

    @Override
    public int read() {
      return read == written ? -1 : bytes[read++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (read == written) {
        return -1;
      }
      int count = Math.min(length, written - read);
      System.arraycopy(bytes, read, target, offset, count);
      read += count;
      return count;
    }

    @Override
    public int available() {
      return written - read;
    }
  }

  /** The server's side of one connection: reads messages, writes answers. */
  private static final class Session extends OutputStream {

    private static final byte[] PARSE_COMPLETE = message('1', new byte[0]);
    private static final byte[] BIND_COMPLETE = message('2', new byte[0]);
    private static final byte[] CLOSE_COMPLETE = message('3', new byte[0]);
    private static final byte[] NO_DATA = message('n', new byte[0]);
    private static final String VALUE = "some text in a row";
    private static final byte[] NO_PARAMETERS = message('t', new byte[] {0, 0});
    private static final byte[] UPDATED = message('C', cString("UPDATE 1"));
    private static final byte[] BEGUN = message('C', cString("BEGIN"));
    private static final byte[] COMMITTED = message('C', cString("COMMIT"));
    private static final byte[] ROLLED_BACK = message('C', cString("ROLLBACK"));
    private static final byte[] DONE = message('C', cString("SET"));
    private static final byte[] IDLE = message('Z', new byte[] {'I'});
    private static final byte[] IN_TRANSACTION = message('Z', new byte[] {'T'});

    private final Answers answers;
    private final Map<String, Prepared> statements = new HashMap<>();
    private final Map<Prepared, byte[]> selected = new HashMap<>();
    private final Map<Integer, byte[]> descriptions = new HashMap<>();
    private byte[] input = new byte[1 << 16];
    private int size;
    private boolean started;
    private boolean inTransaction;
    private Prepared bound;

    Session(Answers answers) {
      this.answers = answers;
    }

    private enum Kind {
      QUERY,
      UPDATE,
      BEGIN,
      COMMIT,
      ROLLBACK,
      OTHER
    }

    private record Prepared(Kind kind, int rows, int columns) {

      Prepared(Kind kind) {
        this(kind, 0, 0);
      }

      static Prepared of(String sql) {
        String word =
            sql.isBlank() ? "" : sql.strip().split("[\\s;]", 2)[0].toUpperCase(Locale.ROOT);
        return switch (word) {
          case "SELECT" -> new Prepared(Kind.QUERY, limit(sql), columns(sql));
          case "BEGIN" -> new Prepared(Kind.BEGIN);
          case "COMMIT" -> new Prepared(Kind.COMMIT);
          case "ROLLBACK" -> new Prepared(Kind.ROLLBACK);
          case "INSERT", "UPDATE", "DELETE" -> new Prepared(Kind.UPDATE);
          default -> new Prepared(Kind.OTHER);
        };
      }

      private static int limit(String sql) {
        int at = sql.indexOf("LIMIT ");
        return at < 0 ? 1 : Integer.parseInt(sql.substring(at + 6).split("\\D", 2)[0]);
      }

      private static int columns(String sql) {
        return sql.split(" FROM ", 2)[0].split(",").length;
      }
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (size + length > input.length) {
        input = Arrays.copyOf(input, Math.max(input.length * 2, size + length));
      }
      System.arraycopy(bytes, offset, input, size, length);
      size += length;
    }

    @Override
    public void flush() throws IOException {
      ByteBuffer messages = ByteBuffer.wrap(input, 0, size);
      while (messages.hasRemaining()) {
        if (started) {
          byte type = messages.get();
          int end = messages.position() + messages.getInt(messages.position());
          messages.position(messages.position() + 4);
          answer(type, messages);
          messages.position(end);
        } else {
          messages.position(messages.position() + messages.getInt(messages.position()));
          started = true;
          welcome();
        }
      }
      size = 0;
    }

    private void welcome() {
      answers.put(message('R', new byte[] {0, 0, 0, 0}));
      String[][] parameters = {
        {"server_version", "16.15"},
        {"client_encoding", "UTF8"},
        {"DateStyle", "ISO, MDY"},
        {"integer_datetimes", "on"},
        {"standard_conforming_strings", "on"},
        {"TimeZone", "UTC"}
      };
      for (String[] parameter : parameters) {
        answers.put(message('S', cString(parameter[0] + "\0" + parameter[1])));
      }
      answers.put(message('K', new byte[8]));
      answers.put(IDLE);
    }

    private void answer(byte type, ByteBuffer body) throws IOException {
      switch (type) {
        case 'P' -> {
          String name = string(body);
          statements.put(name, Prepared.of(string(body)));
          answers.put(PARSE_COMPLETE);
        }
        case 'B' -> {
          string(body);
          bound = statements.get(string(body));
          answers.put(BIND_COMPLETE);
        }
        case 'D' -> {
          if (body.get() == 'S') {
            bound = statements.get(string(body));
            answers.put(NO_PARAMETERS);
          }
          answers.put(
              bound.kind() == Kind.QUERY
                  ? descriptions.computeIfAbsent(bound.columns(), Session::rowDescription)
                  : NO_DATA);
        }
        case 'E' -> execute();
        case 'C' -> answers.put(CLOSE_COMPLETE);
        case 'S' -> answers.put(inTransaction ? IN_TRANSACTION : IDLE);
        case 'Q' -> {
          bound = Prepared.of(string(body));
          execute();
          answers.put(inTransaction ? IN_TRANSACTION : IDLE);
        }
        case 'X', 'H' -> {}
        default ->
            throw new IOException("the in-memory server does not know message " + (char) type);
      }
    }

    private void execute() {
      switch (bound.kind()) {
        case QUERY -> answers.put(selected.computeIfAbsent(bound, Session::rows));
        case UPDATE -> answers.put(UPDATED);
        case BEGIN -> {
          inTransaction = true;
          answers.put(BEGUN);
        }
        case COMMIT -> {
          inTransaction = false;
          answers.put(COMMITTED);
        }
        case ROLLBACK -> {
          inTransaction = false;
          answers.put(ROLLED_BACK);
        }
        case OTHER -> answers.put(DONE);
      }
    }

    private static byte[] rows(Prepared query) {
      ByteArrayOutputStream result = new ByteArrayOutputStream();
      byte[] row = dataRow(query.columns());
      for (int i = 0; i < query.rows(); i++) {
        result.writeBytes(row);
      }
      result.writeBytes(message('C', cString("SELECT " + query.rows())));
      return result.toByteArray();
    }

    private static String string(ByteBuffer body) {
      int start = body.position();
      while (body.get() != 0) {
        // The terminating zero ends the string.
      }
      return new String(body.array(), start, body.position() - start - 1, StandardCharsets.UTF_8);
    }

    private static byte[] cString(String text) {
      return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] message(char type, byte[] body) {
      return ByteBuffer.allocate(body.length + 5)
          .put((byte) type)
          .putInt(body.length + 4)
          .put(body)
          .array();
    }

    private static byte[] rowDescription(int columns) {
      byte[] name = cString("value");
      ByteBuffer body = ByteBuffer.allocate(2 + columns * (name.length + 18));
      int textType = 25;
      body.putShort((short) columns);
      for (int i = 0; i < columns; i++) {
        body.put(name).putInt(0).putShort((short) 0).putInt(textType);
        body.putShort((short) -1).putInt(-1).putShort((short) 0);
      }
      return message('T', body.array());
    }

    private static byte[] dataRow(int columns) {
      byte[] text = VALUE.getBytes(StandardCharsets.UTF_8);
      ByteBuffer body = ByteBuffer.allocate(2 + columns * (4 + text.length));
      body.putShort((short) columns);
      for (int i = 0; i < columns; i++) {
        body.putInt(text.length).put(text);
      }
      return message('D', body.array());
    }
  }
}
