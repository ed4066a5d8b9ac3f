package io.dsqlproxy.simulator.fault;

/**
 * A fault that has struck.
 *
 * @param fault what
 * @param moment where
 * @param match the number of this moment among those that the fault's trigger has matched, from 1
 */
public record FiredFault(Fault fault, Moment moment, int match) {}
