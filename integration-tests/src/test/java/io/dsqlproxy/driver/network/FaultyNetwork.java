package io.dsqlproxy.driver.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy in front of a port of this machine. While it is faulty, each connection breaks after
 * a random number of bytes in one direction: it is reset, closed, half closed, or silent for a
 * while first, and what was under way may arrive in part. It knows nothing of the protocol, so it
 * breaks logins, statements and answers alike. Safe for use by many threads.
 */
final class FaultyNetwork implements AutoCloseable {

  /** What happens to a connection. */
  enum Trouble {
    /** The bytes arrive later. */
    DELAY,
    /** Both sides see a reset. */
    RESET,
    /** Both sides see the end of the stream. */
    CLOSE,
    /** A part of the bytes arrives, then both sides see a reset. */
    PARTIAL,
    /** The receiver sees the end of the stream, and can still send, for a while. */
    HALF_CLOSE,
    /** Nothing arrives any more, and only after a while both sides see a reset. */
    SILENCE
  }

  private static final Duration LONGEST_DELAY = Duration.ofMillis(60);
  private static final Duration SILENCE = Duration.ofMillis(400);

  /** A login over TLS takes about 6,000 bytes from the server, and a statement about 200. */
  private static final int MEAN_BYTES_BETWEEN_TROUBLES = 12_000;

  private static final int BUFFER = 8192;

  private final int serverPort;
  private final Random seeds;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool(FaultyNetwork::daemon);
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Map<Trouble, LongAdder> troubles = new EnumMap<>(Trouble.class);
  private volatile boolean faulty;

  FaultyNetwork(int serverPort, long seed) throws IOException {
    this.serverPort = serverPort;
    this.seeds = new Random(seed);
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    for (Trouble trouble : Trouble.values()) {
      troubles.put(trouble, new LongAdder());
    }
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "faulty-network");
    thread.setDaemon(true);
    return thread;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Whether troubles happen from now on. */
  void setFaulty(boolean faulty) {
    this.faulty = faulty;
  }

  /** How often each trouble happened. */
  Map<Trouble, Long> troubles() {
    Map<Trouble, Long> counts = new EnumMap<>(Trouble.class);
    troubles.forEach((trouble, count) -> counts.put(trouble, count.sum()));
    return counts;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), serverPort));
        links.add(link);
        link.start();
      } catch (IOException closing) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(closing);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    links.forEach(Link::reset);
    threads.shutdown();
  }

  /** A connection through the proxy. */
  private final class Link {

    private final Socket client;
    private final Socket server;

    Link(Socket client, Socket server) throws IOException {
      this.client = client;
      this.server = server;
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    }

    void start() {
      Random toServer = new Random(seeds.nextLong());
      Random toClient = new Random(seeds.nextLong());
      threads.execute(() -> pump(client, server, toServer));
      threads.execute(() -> pump(server, client, toClient));
    }

    private void pump(Socket from, Socket to, Random random) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        long left = bytesUntilTrouble(random);
        int length = in.read(buffer);
        while (length >= 0) {
          left -= length;
          if (faulty && left < 0) {
            if (!passes(buffer, length, to, random)) {
              return;
            }
            left = bytesUntilTrouble(random);
          } else {
            out.write(buffer, 0, length);
          }
          length = in.read(buffer);
        }
        to.shutdownOutput();
      } catch (IOException broken) {
        reset();
      }
    }

    private static long bytesUntilTrouble(Random random) {
      return (long) (-Math.log(1 - random.nextDouble()) * MEAN_BYTES_BETWEEN_TROUBLES);
    }

    /** Whether the connection can be used on. */
    private boolean passes(byte[] bytes, int length, Socket to, Random random) throws IOException {
      Trouble trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
      troubles.get(trouble).increment();
      switch (trouble) {
        case DELAY -> {
          LockSupport.parkNanos(random.nextLong(LONGEST_DELAY.toNanos()));
          to.getOutputStream().write(bytes, 0, length);
          return true;
        }
        case RESET -> reset();
        case CLOSE -> close();
        case PARTIAL -> {
          to.getOutputStream().write(bytes, 0, random.nextInt(length));
          close();
        }
        case HALF_CLOSE -> {
          to.shutdownOutput();
          LockSupport.parkNanos(SILENCE.toNanos());
          reset();
        }
        case SILENCE -> {
          LockSupport.parkNanos(SILENCE.toNanos());
          reset();
        }
      }
      return false;
    }

    private void close() throws IOException {
      client.close();
      server.close();
      links.remove(this);
    }

    /** Closes with a reset instead of an orderly end. */
    void reset() {
      try {
        client.setSoLinger(true, 0);
        server.setSoLinger(true, 0);
      } catch (IOException expected) {
        // A side that is closed already cannot be reset.
      }
      try {
        close();
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }
}
