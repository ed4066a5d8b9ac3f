/** The decorated JDBC objects. Not API: applications see java.sql. */
package io.dsqlproxy.driver.jdbc;
