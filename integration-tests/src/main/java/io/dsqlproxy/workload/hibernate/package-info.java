/**
 * An application on Hibernate and a connection pool, written for PostgreSQL: it relies on
 * pessimistic locks in every strength that JPA has, and has no version columns.
 */
package io.dsqlproxy.workload.hibernate;
