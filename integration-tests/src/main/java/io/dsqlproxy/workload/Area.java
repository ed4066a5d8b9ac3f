package io.dsqlproxy.workload;

import java.sql.SQLException;
import java.util.List;

/** A group of clients that compete for the same rows, and what they promise about them. */
public interface Area {

  /** What the clients got through so far. */
  Progress progress();

  /** Brings the rows into being that the clients expect, and notes where the numbers stand. */
  void prepare() throws SQLException;

  /**
   * The clients, one thread each; every call is one step, repeated until the run is over. A step
   * may end with any {@link PersistenceException}.
   */
  List<Runnable> clients();

  /** Judges what was stored, after all clients have stopped. */
  List<Invariant> judge() throws SQLException;
}
