/** A simulated cluster for the tests of one class, with the driver in front of it. */
package io.dsqlproxy.cluster;
