/** What pools and frameworks do at every turn, through the driver, against the simulator. */
package io.dsqlproxy.frameworks;
