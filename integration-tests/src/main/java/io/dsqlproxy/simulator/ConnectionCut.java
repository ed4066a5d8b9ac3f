package io.dsqlproxy.simulator;

import java.io.IOException;

/** A scripted fault ends the connection; nothing that was not yet sent is sent. */
final class ConnectionCut extends IOException {

  ConnectionCut() {
    super("cut by a scripted fault");
  }
}
