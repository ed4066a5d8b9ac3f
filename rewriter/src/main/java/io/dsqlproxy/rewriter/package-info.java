/** SQL text in, plan out: how a PostgreSQL statement is sent to Aurora DSQL. */
package io.dsqlproxy.rewriter;
