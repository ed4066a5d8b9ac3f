/** Which test proves which acceptance criterion. */
package io.dsqlproxy.traceability;
