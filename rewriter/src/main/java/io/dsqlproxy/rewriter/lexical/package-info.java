/** PostgreSQL's lexical rules: the authority on where the words of a statement are. */
package io.dsqlproxy.rewriter.lexical;
