package io.dsqlproxy.simulator.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a simulator of its own, which its constructors and methods may have as a
 * parameter of type {@link io.dsqlproxy.simulator.DsqlSimulator}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DsqlSimulatorExtension.class)
public @interface DsqlTest {

  /** Whether each test method begins with a simulator as after its start, without tables. */
  boolean resetBeforeEach() default false;
}
