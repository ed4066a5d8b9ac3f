package io.dsqlproxy.workload;

/** Task ids come in blocks, one block for each range: the owner hands them out from memory. */
final class Ranges {

  private static final int SIZE_BITS = 20;

  private Ranges() {}

  static long firstTask(long range) {
    return range << SIZE_BITS;
  }
}
