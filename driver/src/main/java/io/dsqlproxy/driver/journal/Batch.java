package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The entries of a batch, in their order. Not safe for use by several threads at once. */
public final class Batch {

  private final List<Entry> entries = new ArrayList<>();

  /** One more statement. */
  public void add(String sql) {
    entries.add(new StatementEntry(sql));
  }

  /** One more execution of the prepared statement, with parameters that do not change any more. */
  public void add(Parameters parameters) {
    entries.add(new ParametersEntry(parameters));
  }

  /** How many entries there are. */
  public int size() {
    return entries.size();
  }

  /**
   * The parameters of the entries, in their order.
   *
   * @return null if the entries are statements of their own
   */
  public List<Parameters> parameters() {
    List<Parameters> all = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (!(entry instanceof ParametersEntry prepared)) {
        return null;
      }
      all.add(prepared.parameters());
    }
    return all;
  }

  /**
   * The texts of the entries, in their order.
   *
   * @return null if the entries are executions of one prepared statement
   */
  public List<String> texts() {
    List<String> all = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (!(entry instanceof StatementEntry statement)) {
        return null;
      }
      all.add(statement.sql());
    }
    return all;
  }

  /** Why they cannot be added again, as a clause; or null. */
  public String obstacle() {
    for (Entry entry : entries) {
      if (entry.obstacle() != null) {
        return entry.obstacle();
      }
    }
    return null;
  }

  long bytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += ParameterBinding.SMALL + entry.bytes();
    }
    return bytes;
  }

  /** Puts all entries, and nothing else, into the batch of a statement. */
  public void addTo(Statement statement) throws SQLException {
    statement.clearBatch();
    for (Entry entry : entries) {
      entry.addTo(statement);
    }
  }

  private interface Entry {

    void addTo(Statement statement) throws SQLException;

    String obstacle();

    long bytes();
  }

  private record StatementEntry(String sql) implements Entry {

    @Override
    public void addTo(Statement statement) throws SQLException {
      statement.addBatch(sql);
    }

    @Override
    public String obstacle() {
      return null;
    }

    @Override
    public long bytes() {
      return 2L * sql.length();
    }
  }

  private record ParametersEntry(Parameters parameters) implements Entry {

    @Override
    public void addTo(Statement statement) throws SQLException {
      PreparedStatement prepared = (PreparedStatement) statement;
      parameters.bindTo(prepared);
      prepared.addBatch();
    }

    @Override
    public String obstacle() {
      return parameters.obstacle();
    }

    @Override
    public long bytes() {
      return parameters.bytes();
    }
  }
}
