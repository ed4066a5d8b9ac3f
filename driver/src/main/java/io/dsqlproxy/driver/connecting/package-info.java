/**
 * How physical connections are opened: each begins here, the first of a session and every later.
 */
package io.dsqlproxy.driver.connecting;
