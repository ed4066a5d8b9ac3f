package io.dsqlproxy.driver.fences;

import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.Map;

/**
 * One row. Immutable.
 *
 * @param table as the application wrote it
 * @param key the columns of the primary key with their canonical texts
 */
record RowId(QualifiedName table, Map<String, String> key) {

  RowId {
    key = Map.copyOf(key);
  }
}
