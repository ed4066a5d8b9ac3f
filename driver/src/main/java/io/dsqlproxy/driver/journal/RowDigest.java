package io.dsqlproxy.driver.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A digest of values in their order: the polynomial whose coefficients they are, at a secret random
 * point of the field with 2^61 - 1 elements.
 *
 * <p>Two different sequences of n words of seven bytes have the same digest with a probability of
 * at most n / 2^61, whatever the data is, because a polynomial of degree n has at most n roots and
 * nobody knows the point: it is drawn when the JVM starts, and no digest leaves the JVM. A null, an
 * empty value and the places where values end are part of the sequence.
 *
 * <p>Not safe for use by several threads at once.
 */
final class RowDigest {

  private static final long PRIME = (1L << 61) - 1;
  private static final long POINT = randomPoint();

  private static final int WORD = 7;
  private static final long WORD_MASK = (1L << 8 * WORD) - 1;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A leading one, so that leading zeroes count. */
  private long state = 1;

  private static long randomPoint() {
    SecureRandom random = new SecureRandom();
    long point;
    do {
      point = random.nextLong() & PRIME;
    } while (point < 1L << 32 || point >= PRIME);
    return point;
  }

  /** Adds a value, or null. */
  void add(byte[] value) {
    if (value == null) {
      state = next(state, 0);
      return;
    }
    long sum = next(state, 1L + value.length);
    int i = 0;
    int lastLong = value.length - Long.BYTES;
    for (; i <= lastLong; i += WORD) {
      sum = next(sum, (long) LONGS.get(value, i) & WORD_MASK);
    }
    state = i < value.length ? addRest(sum, value, i) : sum;
  }

  /** Up to eight bytes. */
  private static long addRest(long sum, byte[] value, int start) {
    long first = 0;
    int middle = Math.min(start + WORD, value.length);
    for (int i = middle - 1; i >= start; i--) {
      first = first << 8 | value[i] & 0xff;
    }
    long added = next(sum, first);
    return middle < value.length ? next(added, value[middle] & 0xff) : added;
  }

  /** Adds a small number, for instance of columns. */
  void add(int number) {
    state = next(state, number & 0xffff_ffffL);
  }

  boolean equalTo(RowDigest other) {
    return state == other.state;
  }

  private static long next(long sum, long word) {
    long low = sum * POINT;
    long high = Math.multiplyHigh(sum, POINT);
    long folded = (low & PRIME) + (high << 3 | low >>> 61) + word;
    long reduced = (folded & PRIME) + (folded >>> 61);
    return reduced >= PRIME ? reduced - PRIME : reduced;
  }
}
