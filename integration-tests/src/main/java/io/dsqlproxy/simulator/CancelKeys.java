package io.dsqlproxy.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The keys with which a client may cancel what its session runs. They are the simulator's own, so
 * that a client cannot reach another session of PostgreSQL. Thread-safe.
 */
final class CancelKeys {

  static final int CANCEL_REQUEST = 80877102;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final int backendPort;
  private final AtomicInteger lastProcess = new AtomicInteger();
  private final Map<Integer, Key> keys = new ConcurrentHashMap<>();

  CancelKeys(int backendPort) {
    this.backendPort = backendPort;
  }

  /** A key for a new session, good until it is closed. */
  Key issue() {
    Key key = new Key(lastProcess.incrementAndGet(), RANDOM.nextInt());
    keys.put(key.process, key);
    return key;
  }

  /** Hands the request on to PostgreSQL; like PostgreSQL, it never says whether it was right. */
  void cancel(int process, int secret) throws IOException {
    Key key = keys.get(process);
    if (key == null || key.secret != secret || key.backendData == null) {
      return;
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), backendPort)) {
      MessageBuilder request = new MessageBuilder().int32(16).int32(CANCEL_REQUEST);
      socket.getOutputStream().write(request.bytes(key.backendData).body());
      socket.getInputStream().readAllBytes();
    }
  }

  /** One session's key. Thread-safe. */
  final class Key implements AutoCloseable {

    private final int process;
    private final int secret;
    private volatile byte[] backendData;

    private Key(int process, int secret) {
      this.process = process;
      this.secret = secret;
    }

    /** Keeps PostgreSQL's BackendKeyData and answers what the client gets in its place. */
    Message replace(Message keyData) {
      backendData = keyData.body();
      return new Message('K', ByteBuffer.allocate(8).putInt(process).putInt(secret).array());
    }

    @Override
    public void close() {
      keys.remove(process);
    }
  }
}
