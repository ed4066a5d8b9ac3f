/** A server that answers like Aurora DSQL, in front of an embedded PostgreSQL. */
package io.dsqlproxy.simulator;
