/**
 * The journal of one transaction: what the application executed, what it was given, and how each
 * part is run again with proof that the outcome is the same.
 */
package io.dsqlproxy.driver.journal;
