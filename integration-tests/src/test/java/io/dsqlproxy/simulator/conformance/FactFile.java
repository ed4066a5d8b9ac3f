package io.dsqlproxy.simulator.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table of recorded facts: tab separated, one header line, no quoting. Stateless. */
final class FactFile {

  private FactFile() {}

  /** The rows of a file, each by the names of its columns. */
  static List<Map<String, String>> read(String name) {
    try (InputStream in = FactFile.class.getResourceAsStream("/facts/" + name);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String[] header = reader.readLine().split("\t");
      return reader.lines().map(line -> row(header, line.split("\t", -1))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> row(String[] header, String[] cells) {
    if (cells.length != header.length) {
      throw new IllegalStateException("broken row: " + String.join("|", cells));
    }
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < header.length; i++) {
      row.put(header[i], cells[i]);
    }
    return row;
  }
}
