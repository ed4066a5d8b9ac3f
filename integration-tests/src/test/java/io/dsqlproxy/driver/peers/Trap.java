package io.dsqlproxy.driver.peers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The traps, by their number in {@link PeerTrapsTest}, into which a test would see us fall. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Trap {

  int[] value();
}
