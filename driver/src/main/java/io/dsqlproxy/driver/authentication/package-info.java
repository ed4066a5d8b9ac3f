/**
 * How a physical connection gets its password.
 *
 * <p>A token is signed for each physical connection, which is cheaper than to remember one and to
 * find out whether it still holds. It takes the place of every password that the application gave,
 * and no connection is opened that could send it unencrypted. What the application says about TLS
 * wins in all other respects; what it leaves open is verified TLS from the first byte, for clusters
 * also where the application provides the password.
 */
package io.dsqlproxy.driver.authentication;
