/** The promise, run: applications with pessimistic locks, unmodified, on a DSQL-like server. */
package io.dsqlproxy.demo;
