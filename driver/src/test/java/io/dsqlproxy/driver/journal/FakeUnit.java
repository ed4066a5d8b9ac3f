package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A unit of which everything can be told. Confined to one thread. */
final class FakeUnit extends Unit {

  /** What happens when it happens again. */
  @FunctionalInterface
  interface Outcome {

    void happen() throws SQLException, OutcomeDiffers;
  }

  /** What was done with the units of a test, in its order. */
  final List<String> log;

  private final String text;
  private final long bytes;
  String obstacle;
  Outcome outcome = () -> {};
  boolean released;

  FakeUnit(String text, long bytes) {
    this(text, bytes, new ArrayList<>());
  }

  FakeUnit(String text, long bytes, List<String> log) {
    this.text = text;
    this.bytes = bytes;
    this.log = log;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  String obstacle() {
    return obstacle;
  }

  @Override
  long bytes() {
    return bytes;
  }

  @Override
  public boolean givesValues() {
    return false;
  }

  @Override
  void replay(Rerun rerun) throws SQLException, OutcomeDiffers {
    log.add("replay " + text);
    outcome.happen();
  }

  @Override
  void adopt(Rerun rerun) {
    log.add("adopt " + text);
  }

  @Override
  void release() {
    released = true;
  }
}
