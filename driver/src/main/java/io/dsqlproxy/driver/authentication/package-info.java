/** How a physical connection gets its password. */
package io.dsqlproxy.driver.authentication;
