/** Real defects of other drivers, wrappers and connectors that retry: none of them may be ours. */
package io.dsqlproxy.driver.peers;
