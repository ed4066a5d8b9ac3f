/**
 * The rewrite rules: one class for each, in the order of {@link
 * io.dsqlproxy.rewriter.rules.LockingRules}.
 */
package io.dsqlproxy.rewriter.rules;
