/** The simulator in JUnit tests, in one line. Needs JUnit Jupiter 5 or 6 on the class path. */
package io.dsqlproxy.simulator.junit;
