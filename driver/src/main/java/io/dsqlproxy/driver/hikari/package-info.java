/**
 * What HikariCP can be told about this driver. Needs HikariCP, which the driver itself does not.
 */
package io.dsqlproxy.driver.hikari;
