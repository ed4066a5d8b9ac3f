/** The driver and a pool on a network that loses, delays and cuts what they send. */
package io.dsqlproxy.driver.network;
