package io.dsqlproxy.driver.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One way to prepare a text. Stateless apart from what it captured.
 *
 * @param <S> what is prepared
 */
@FunctionalInterface
interface Preparation<S> {

  S prepare(Connection pgConnection, String sql) throws SQLException;
}
