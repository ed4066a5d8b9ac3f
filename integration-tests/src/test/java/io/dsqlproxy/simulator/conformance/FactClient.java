package io.dsqlproxy.simulator.conformance;

import java.util.List;

/** One session on the server that sends a recorded step as it stands. Confined to one thread. */
interface FactClient extends AutoCloseable {

  /** Sends the step; an error is an answer too. */
  List<Answer> run(String sql);

  @Override
  void close();
}
