package io.dsqlproxy.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets that lead to this machine whatever the host is called, so that a client can use the name
 * of a cluster, which it then sends as SNI, without a name server. For pgJDBC: {@code
 * socketFactory=io.dsqlproxy.simulator.LoopbackSockets&socketFactoryArg=<port>}; it does not look
 * up a host when the socket is connected already. Immutable.
 */
public final class LoopbackSockets extends SocketFactory {

  private final int port;

  /** A factory for one port, which is given as pgJDBC gives it. */
  public LoopbackSockets(String port) {
    this.port = Integer.parseInt(port);
  }

  /** The end of a pgJDBC URL that uses this factory. */
  static String urlParameters(int port) {
    return "&socketFactory=" + LoopbackSockets.class.getName() + "&socketFactoryArg=" + port;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public Socket createSocket(String host, int remotePort) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int remotePort, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int remotePort) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int remotePort, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }
}
