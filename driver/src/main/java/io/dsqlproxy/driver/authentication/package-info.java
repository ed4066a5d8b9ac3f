/**
 * How a physical connection gets its password.
 *
 * <p>A token is signed when it is needed, remembered, renewed before it expires, and forgotten when
 * the server refuses it. It takes the place of every password that the application gave, and no
 * connection is opened that could send it unencrypted. What the application says about TLS and
 * timeouts wins in all other respects; what it leaves open is verified TLS from the first byte and
 * an end to every wait, for clusters also where the application provides the password.
 */
package io.dsqlproxy.driver.authentication;
