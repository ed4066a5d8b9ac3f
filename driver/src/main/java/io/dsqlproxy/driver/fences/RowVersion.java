package io.dsqlproxy.driver.fences;

/**
 * What the open transaction knows of a row that it has read with a conditional lock. Not safe for
 * use by several threads at once.
 */
final class RowVersion {

  private boolean known;
  private String version;
  private boolean protectedAtCommit;

  /** The application has read this version; null for NULL. */
  void read(String version) {
    this.version = version;
    known = true;
  }

  /** Whether the version that the row has in this transaction is one that the application knows. */
  boolean isKnown() {
    return known;
  }

  /** The version; null for NULL. */
  String version() {
    return version;
  }

  /**
   * The transaction has written the row. Nobody else can write it any more, so its version is not
   * asked for again; nobody knows it either, since a trigger may have set it.
   */
  void written() {
    known = false;
    protectedAtCommit = true;
  }

  /** The transaction has locked the row. */
  void locked() {
    protectedAtCommit = true;
  }

  /** Whether another transaction that writes the row conflicts with this one. */
  boolean isProtected() {
    return protectedAtCommit;
  }

  /** The transaction may have written the row. */
  void doubt() {
    known = false;
  }

  /** What the transaction has done may have been undone. */
  void undone() {
    known = false;
    protectedAtCommit = false;
  }
}
