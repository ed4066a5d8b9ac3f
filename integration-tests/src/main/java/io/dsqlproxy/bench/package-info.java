/** What the driver costs: JMH benchmarks, and the in-memory server that they run against. */
package io.dsqlproxy.bench;
