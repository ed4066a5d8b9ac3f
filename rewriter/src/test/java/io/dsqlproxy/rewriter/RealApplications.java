package io.dsqlproxy.rewriter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code real-applications.txt}, whose header says how it is written. */
final class RealApplications {

  private static final String RESOURCE = "real-applications.txt";
  private static final String NAME = "### ";
  private static final String IN_TRANSACTION = ">>> in a transaction";
  private static final String AUTOCOMMIT = ">>> in autocommit";
  private static final String REFUSED = ">>> refused\n";

  private RealApplications() {}

  /**
   * A statement, and what is sent in its place.
   *
   * @param name the application that sends it
   * @param sql the statement
   * @param inTransaction what is sent in a transaction; the statement's own object if the same,
   *     null if it is refused
   * @param autocommit what is sent in autocommit; the statement's own object if the same, null if
   *     it is refused
   */
  record Case(String name, String sql, String inTransaction, String autocommit) {

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String block : text().split("(?m)^" + NAME)) {
      if (!block.startsWith("#")) {
        cases.add(parse(block));
      }
    }
    return cases;
  }

  private static Case parse(String block) {
    int endOfName = block.indexOf('\n');
    String name = block.substring(0, endOfName);
    String texts = block.substring(endOfName + 1);
    if (texts.endsWith(REFUSED)) {
      String sql = texts.substring(0, texts.length() - REFUSED.length());
      return new Case(name, withoutLastNewline(sql), null, null);
    }
    int inTransaction = texts.indexOf(IN_TRANSACTION + "\n");
    if (inTransaction < 0) {
      String sql = withoutLastNewline(texts);
      return new Case(name, sql, sql, sql);
    }
    int autocommit = texts.indexOf(AUTOCOMMIT + "\n");
    String sql = withoutLastNewline(texts.substring(0, inTransaction));
    return new Case(
        name,
        sql,
        expected(sql, texts.substring(inTransaction + IN_TRANSACTION.length() + 1, autocommit)),
        expected(sql, texts.substring(autocommit + AUTOCOMMIT.length() + 1)));
  }

  private static String expected(String sql, String text) {
    return text.equals("same\n") ? sql : withoutLastNewline(text);
  }

  private static String withoutLastNewline(String text) {
    return text.substring(0, text.length() - 1);
  }

  private static String text() {
    try (InputStream resource = RealApplications.class.getResourceAsStream(RESOURCE)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
