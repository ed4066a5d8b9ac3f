package io.dsqlproxy.workload;

/**
 * The verdict on one promise.
 *
 * @param name short, for a list
 * @param statement the promise in plain words
 * @param holds whether the stored data keep it
 * @param detail what was found
 */
public record Invariant(String name, String statement, boolean holds, String detail) {}
