package io.dsqlproxy.driver.journal;

/**
 * A place in a journal. Immutable.
 *
 * @param name as PostgreSQL knows it
 * @param position how many things had happened
 */
public record JournalSavepoint(String name, int position) {}
