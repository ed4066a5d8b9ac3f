/** java.sql in front of pgJDBC: what an application on Aurora DSQL sees. */
package io.dsqlproxy.driver;
