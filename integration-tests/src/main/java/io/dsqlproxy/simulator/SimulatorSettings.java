package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.fault.Pauser;
import java.time.Clock;
import java.time.Duration;

/**
 * What a simulator is started with; {@link DsqlSimulatorBuilder} says what each means. Immutable.
 *
 * @param port the port to listen on, or 0
 * @param host the name of the cluster
 * @param region the region that tokens must be made for
 * @param accessKeyId the access key that tokens must name
 * @param secretAccessKey the secret that tokens must be signed with
 * @param clock decides about ages and about how fast logins come
 * @param tokenClock decides whether a token has expired
 * @param requiresServerName whether a client must send SNI
 * @param limits what clients are allowed
 * @param jobDelay how long an asynchronous job takes that nobody waits for
 * @param pauser how the delays of scripted faults pass
 * @param strictCatalogConflicts whether idle sessions hear of changes of the schema
 */
record SimulatorSettings(
    int port,
    String host,
    String region,
    String accessKeyId,
    String secretAccessKey,
    Clock clock,
    Clock tokenClock,
    boolean requiresServerName,
    ClusterLimits limits,
    Duration jobDelay,
    Pauser pauser,
    boolean strictCatalogConflicts) {}
