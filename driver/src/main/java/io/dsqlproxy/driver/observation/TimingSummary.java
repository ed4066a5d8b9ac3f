package io.dsqlproxy.driver.observation;

/**
 * How long something took. Immutable.
 *
 * @param count how often
 * @param total of all, in nanoseconds
 * @param longest in nanoseconds; 0 if it never happened
 */
public record TimingSummary(long count, long total, long longest) {}
