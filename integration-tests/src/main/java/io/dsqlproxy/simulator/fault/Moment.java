package io.dsqlproxy.simulator.fault;

/**
 * A session has come to a place at which a fault can strike.
 *
 * @param phase the place
 * @param text the SQL that is concerned; empty if there is none
 * @param user the user who logged in
 * @param application the session's {@code application_name}
 * @param session the number of the session, 1 for the simulator's first
 */
public record Moment(Phase phase, String text, String user, String application, long session) {}
