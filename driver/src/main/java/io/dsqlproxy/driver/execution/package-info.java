/** The execution gate: every statement passes it, and conflicts are answered in it. */
package io.dsqlproxy.driver.execution;
