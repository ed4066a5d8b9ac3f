package io.dsqlproxy.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on the loopback address and gives every connection a daemon thread. Thread-safe. */
final class Acceptor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final int BACKLOG = 1_000;

  /** Parse trees of deeply nested statements are read by recursion. */
  private static final long STACK_SIZE = 16L << 20;

  private final ServerSocket listener;
  private final Consumer<Socket> session;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  Acceptor(int port, Consumer<Socket> session) throws IOException {
    this.listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    this.session = session;
    start("dsql-simulator-" + port(), this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    quietly(listener);
    open.forEach(Acceptor::quietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        if (listener.isClosed()) {
          quietly(socket);
        }
        start("dsql-session-" + port() + "-" + socket.getPort(), () -> serve(socket));
      } catch (IOException e) {
        LOG.debug("No longer accepting on {}", listener, e);
      }
    }
  }

  private void serve(Socket socket) {
    try {
      session.accept(socket);
    } catch (UncheckedIOException | ProtocolViolation e) {
      LOG.debug("Session of {} ended", socket, e);
    } catch (RuntimeException e) {
      LOG.error("Session of {} failed", socket, e);
    } finally {
      quietly(socket);
      open.remove(socket);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(null, work, name, STACK_SIZE);
    thread.setDaemon(true);
    thread.start();
  }

  private static void quietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("While closing {}", closeable, e);
    }
  }
}
