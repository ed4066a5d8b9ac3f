package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A query of one table whose result gives the versions of rows. Immutable.
 *
 * @param table the table
 * @param versionColumn the column of the versions, which is among the result's
 * @param fixed the columns that every row of the result has this value in
 * @param columns the table's columns in the order of the result, the empty string for what is not
 *     simply a column; empty if the result has all columns of the table, under their names
 */
public record VersionedRead(
    QualifiedName table, String versionColumn, Map<String, Operand> fixed, List<String> columns) {

  public VersionedRead {
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(versionColumn, "versionColumn");
    fixed = Map.copyOf(fixed);
    columns = List.copyOf(columns);
  }
}
