/** Scripted faults: what goes wrong in a simulator, where, and how often; as data. */
package io.dsqlproxy.simulator.fault;
