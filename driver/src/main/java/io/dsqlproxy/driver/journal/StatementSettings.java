package io.dsqlproxy.driver.journal;

import java.sql.SQLException;
import java.sql.Statement;

/** What the application has set on a statement. Immutable. */
public final class StatementSettings {

  /** Everything is as the connection made it. */
  public static final StatementSettings DEFAULT =
      new StatementSettings(new Setting[Name.values().length]);

  private final Setting[] settings;

  private StatementSettings(Setting[] settings) {
    this.settings = settings;
  }

  /** The same, with one setting more or another value of it. */
  public StatementSettings with(Name name, Setting setting) {
    Setting[] more = settings.clone();
    more[name.ordinal()] = setting;
    return new StatementSettings(more);
  }

  /** Sets all of them. */
  public void applyTo(Statement statement) throws SQLException {
    for (Setting setting : settings) {
      if (setting != null) {
        setting.applyTo(statement);
      }
    }
  }

  /** What can be set on a statement that makes a difference to its executions. */
  public enum Name {
    MAX_FIELD_SIZE,
    MAX_ROWS,
    ESCAPE_PROCESSING,
    QUERY_TIMEOUT,
    CURSOR_NAME,
    FETCH_DIRECTION,
    FETCH_SIZE,
    POOLABLE
  }

  /** One setting with its value. Immutable. */
  @FunctionalInterface
  public interface Setting {

    /** Sets the value. */
    void applyTo(Statement statement) throws SQLException;
  }
}
