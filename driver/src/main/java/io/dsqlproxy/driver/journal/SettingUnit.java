package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.util.Objects;

/**
 * A method of the connection that set something on the server, which the end of a failed
 * transaction takes back. The same outcome is that it succeeds. Immutable.
 */
public final class SettingUnit extends Unit {

  private final String method;
  private final Change change;

  /**
   * What was set, and how.
   *
   * @param method for messages
   */
  public SettingUnit(String method, Change change) {
    this.method = Objects.requireNonNull(method, "method");
    this.change = Objects.requireNonNull(change, "change");
  }

  @Override
  public String text() {
    return method;
  }

  @Override
  String obstacle() {
    return null;
  }

  @Override
  long bytes() {
    return 64;
  }

  @Override
  public boolean givesValues() {
    return false;
  }

  @Override
  void replay(Rerun rerun) throws SQLException {
    change.run();
  }

  @Override
  void adopt(Rerun rerun) {}

  @Override
  void release() {}

  /** Sets it. */
  @FunctionalInterface
  public interface Change {

    /** Sends it, and waits for the answer. */
    void run() throws SQLException;
  }
}
