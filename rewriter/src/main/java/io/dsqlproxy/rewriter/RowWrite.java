package io.dsqlproxy.rewriter;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * An UPDATE or DELETE of rows of one table that has a version column, and where it can be made to
 * depend on a version. Immutable.
 *
 * @param deletes whether it is a DELETE
 * @param fixed the columns that every row has this value in before it is written
 * @param sets the columns that it sets; null if that cannot be told
 * @param versionColumn the column of the versions
 * @param parameters how many parameters it has, all of them before the condition
 * @param untilCondition the text before the condition
 * @param afterCondition the text behind the condition
 */
public record RowWrite(
    boolean deletes,
    Map<String, Operand> fixed,
    Set<String> sets,
    String versionColumn,
    int parameters,
    String untilCondition,
    String afterCondition) {

  public RowWrite {
    fixed = Map.copyOf(fixed);
    sets = sets == null ? null : Set.copyOf(sets);
    Objects.requireNonNull(versionColumn, "versionColumn");
    Objects.requireNonNull(untilCondition, "untilCondition");
    Objects.requireNonNull(afterCondition, "afterCondition");
  }

  /** The text that asks for a version, which is one parameter more, the last. */
  public String withVersion() {
    return with(" = ?");
  }

  /** The text that asks for a version that is NULL. */
  public String withoutVersion() {
    return with(" IS NULL");
  }

  /**
   * The text that asks for a version, without a parameter.
   *
   * @param version without backslashes, which a server may read in more than one way
   */
  public String withVersion(String version) {
    return with(" = '" + version.replace("'", "''") + "'");
  }

  private String with(String condition) {
    return untilCondition + " AND " + SqlNames.column(versionColumn) + condition + afterCondition;
  }
}
