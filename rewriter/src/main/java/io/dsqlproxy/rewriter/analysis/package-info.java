/** What a statement is: its locking clauses, its tables, whether it only reads. */
package io.dsqlproxy.rewriter.analysis;
