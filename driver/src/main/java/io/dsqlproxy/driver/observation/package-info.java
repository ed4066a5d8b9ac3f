/** What the driver did on the application's behalf, to be counted and seen. */
package io.dsqlproxy.driver.observation;
