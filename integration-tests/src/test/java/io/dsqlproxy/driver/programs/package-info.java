/** Random programs of JDBC calls, which behave with the driver as they do with pgJDBC. */
package io.dsqlproxy.driver.programs;
