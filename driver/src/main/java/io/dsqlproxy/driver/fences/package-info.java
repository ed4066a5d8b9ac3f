/**
 * Locks that are taken later than the application asked for them, or not at all because what the
 * transaction writes protects as well: the lock policy's forms {@code deferred} and {@code
 * conditional}.
 */
package io.dsqlproxy.driver.fences;
