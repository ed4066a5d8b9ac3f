package io.dsqlproxy.driver.journal;

import java.sql.SQLException;

/** What is left of the time of a replay. Confined to the thread that replays. */
public interface ReplayTime {

  /** No limit. */
  ReplayTime UNLIMITED =
      new ReplayTime() {
        @Override
        public int secondsForStatement() {
          return 0;
        }

        @Override
        public int secondsForLock() {
          return 0;
        }
      };

  /**
   * How long a statement may take, in whole seconds; 0 for no limit.
   *
   * @throws SQLException SQLSTATE 57014 if the time is over
   */
  int secondsForStatement() throws SQLException;

  /**
   * How long a lock may be waited for that others hold, in whole seconds; 0 for no limit.
   *
   * @throws SQLException SQLSTATE 57014 if the time is over
   */
  int secondsForLock() throws SQLException;
}
