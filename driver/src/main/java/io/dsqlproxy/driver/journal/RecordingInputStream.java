package io.dsqlproxy.driver.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/** Keeps what is read from a stream, up to a limit. Not safe for use by several threads at once. */
final class RecordingInputStream extends FilterInputStream
    implements StreamBinding.Recording<InputStream> {

  private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
  private boolean complete = true;

  RecordingInputStream(InputStream in) {
    super(in);
  }

  @Override
  public InputStream stream() {
    return this;
  }

  @Override
  public InputStream copy() {
    return new ByteArrayInputStream(recorded.toByteArray());
  }

  /** A connection that was lost while the stream was sent has left a part of it unread. */
  @Override
  public InputStream again() {
    return new SequenceInputStream(copy(), this);
  }

  @Override
  public String obstacle() {
    return complete ? null : Obstacle.LONG_STREAM.because(LIMIT + " bytes");
  }

  @Override
  public long bytes() {
    return recorded.size();
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      record(new byte[] {(byte) value}, 0, 1);
    }
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      record(buffer, offset, read);
    }
    return read;
  }

  /** What is skipped is not recorded, so it is read instead. */
  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(count, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void mark(int readLimit) {}

  @Override
  public void reset() throws IOException {
    throw new IOException("mark and reset are not supported");
  }

  private void record(byte[] bytes, int offset, int length) {
    if (recorded.size() + length > LIMIT) {
      complete = false;
      recorded.reset();
    }
    if (complete) {
      recorded.write(bytes, offset, length);
    }
  }
}
