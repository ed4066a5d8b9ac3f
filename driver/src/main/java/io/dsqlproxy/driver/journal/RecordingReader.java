package io.dsqlproxy.driver.journal;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;

/** Keeps what is read from a reader, up to a limit. Not safe for use by several threads at once. */
final class RecordingReader extends FilterReader implements StreamBinding.Recording<Reader> {

  private final StringBuilder recorded = new StringBuilder();
  private boolean complete = true;

  RecordingReader(Reader in) {
    super(in);
  }

  @Override
  public Reader stream() {
    return this;
  }

  @Override
  public Reader copy() {
    return new StringReader(recorded.toString());
  }

  /** pgJDBC reads all characters when they are bound. */
  @Override
  public Reader again() {
    return copy();
  }

  @Override
  public String obstacle() {
    return complete ? null : Obstacle.LONG_STREAM.because(LIMIT / Character.BYTES + " characters");
  }

  @Override
  public long bytes() {
    return (long) recorded.length() * Character.BYTES;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      record(new char[] {(char) value}, 0, 1);
    }
    return value;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      record(buffer, offset, read);
    }
    return read;
  }

  /** What is skipped is not recorded, so it is read instead. */
  @Override
  public long skip(long count) throws IOException {
    char[] skipped = new char[(int) Math.max(0, Math.min(count, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void mark(int readAheadLimit) throws IOException {
    throw new IOException("mark and reset are not supported");
  }

  @Override
  public void reset() throws IOException {
    throw new IOException("mark and reset are not supported");
  }

  private void record(char[] characters, int offset, int length) {
    if ((recorded.length() + length) * Character.BYTES > LIMIT) {
      complete = false;
      recorded.setLength(0);
    }
    if (complete) {
      recorded.append(characters, offset, length);
    }
  }
}
