package io.dsqlproxy.driver.journal;

import java.io.InputStream;
import java.io.Reader;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A stream, which pgJDBC reads once. What it reads is kept, up to a limit, so that it can be bound
 * again. Confined to the statement's thread.
 *
 * @param <S> of bytes, or of characters
 */
public final class StreamBinding<S> implements ParameterBinding {

  private final Recording<S> recording;
  private final ValueBinding<S> binding;
  private boolean given;
  private boolean executed;

  private StreamBinding(Recording<S> recording, ValueBinding<S> binding) {
    this.recording = recording;
    this.binding = binding;
  }

  /** A stream of bytes. */
  public static ParameterBinding of(InputStream stream, ValueBinding<InputStream> binding) {
    return new StreamBinding<>(new RecordingInputStream(stream), binding);
  }

  /** A stream of characters. */
  public static ParameterBinding of(Reader reader, ValueBinding<Reader> binding) {
    return new StreamBinding<>(new RecordingReader(reader), binding);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    binding.bind(statement, given ? recording.again() : recording.stream());
    given = true;
  }

  @Override
  public void executed() {
    executed = true;
  }

  /** An execution without a new stream finds this one read. */
  @Override
  public String obstacle() {
    return executed ? Obstacle.STREAM_READ_BEFORE.because() : recording.obstacle();
  }

  @Override
  public ParameterBinding captured() {
    return executed ? new UnrepeatableBinding(obstacle(), this) : new Captured<>(this);
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + recording.bytes();
  }

  /**
   * What is read from a stream. Not safe for use by several threads at once.
   *
   * @param <S> the stream's type
   */
  interface Recording<S> {

    /** As much of one parameter as is kept for another execution, in bytes. */
    int LIMIT = 1 << 20;

    /** The stream to read from. */
    S stream();

    /** What was read, as a stream. */
    S copy();

    /** The whole stream: what was read, and then the rest of it. */
    S again();

    /** Why there is no copy, as a clause; or null. */
    String obstacle();

    /** What is kept, in bytes. */
    long bytes();
  }

  /** What one execution has read. */
  private record Captured<S>(StreamBinding<S> source) implements ParameterBinding {

    @Override
    public void bindTo(PreparedStatement statement) throws SQLException {
      source.binding.bind(statement, source.recording.copy());
    }

    @Override
    public String obstacle() {
      return source.recording.obstacle();
    }

    @Override
    public long bytes() {
      return source.bytes();
    }
  }
}
