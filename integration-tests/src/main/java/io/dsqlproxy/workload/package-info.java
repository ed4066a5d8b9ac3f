/**
 * A workflow engine's persistence layer as it is written for PostgreSQL and for MySQL: pessimistic
 * locks around everything, typed errors, no knowledge of the driver in use.
 *
 * <p>The statements and flows are those of Temporal's SQL persistence for shards, workflow
 * executions, task queues, message queues, namespaces and cluster metadata, with {@code ?} for
 * {@code $n}. Beside each flow's own rows the stores append evidence (who acquired which range,
 * what a new owner found, what a write was made under), in the same transaction and under random
 * keys, so that evidence never adds a conflict that the locks should have caused. The audits judge
 * a run from what is stored.
 */
package io.dsqlproxy.workload;
