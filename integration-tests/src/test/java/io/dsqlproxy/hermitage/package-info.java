/** Martin Kleppmann's Hermitage: what an isolation level lets happen, step by step. */
package io.dsqlproxy.hermitage;
