package io.dsqlproxy.simulator.junit;

import io.dsqlproxy.simulator.DsqlSimulator;
import io.dsqlproxy.simulator.DsqlSimulatorBuilder;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * One simulator for all methods of a test class, nested classes included. As a static field with
 * {@code @RegisterExtension}, or through {@link DsqlTest}; as an instance field it starts one for
 * each method. The simulator ends with the class, also when tests fail.
 */
public final class DsqlSimulatorExtension
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver {

  private static final String KEY = "simulator";

  private final Namespace namespace = Namespace.create(DsqlSimulatorExtension.class, this);
  private final DsqlSimulatorBuilder settings;
  private final boolean resets;
  private volatile DsqlSimulator running;

  /** A simulator with the defaults. */
  public DsqlSimulatorExtension() {
    this(DsqlSimulator.builder());
  }

  /** A simulator with these settings. */
  public DsqlSimulatorExtension(DsqlSimulatorBuilder settings) {
    this(settings, false);
  }

  private DsqlSimulatorExtension(DsqlSimulatorBuilder settings, boolean resets) {
    this.settings = settings;
    this.resets = resets;
  }

  /** The same, but each test method begins with a simulator as after its start, without tables. */
  public DsqlSimulatorExtension resetBeforeEach() {
    return new DsqlSimulatorExtension(settings, true);
  }

  /** The simulator, while the test class runs. */
  public DsqlSimulator simulator() {
    DsqlSimulator simulator = running;
    if (simulator == null) {
      throw new IllegalStateException("the simulator runs only while its test class does");
    }
    return simulator;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    boolean fresh = start(context);
    if (!fresh && resets(context)) {
      running.reset();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    stop(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == DsqlSimulator.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return simulator();
  }

  /** Starts the simulator unless an enclosing context has done so. */
  private boolean start(ExtensionContext context) {
    Store store = context.getStore(namespace);
    if (store.get(KEY) != null) {
      return false;
    }
    running = settings.start();
    store.put(KEY, running);
    return true;
  }

  /** Ends the simulator if this very context has started it. */
  private void stop(ExtensionContext context) {
    DsqlSimulator simulator = context.getStore(namespace).remove(KEY, DsqlSimulator.class);
    if (simulator != null) {
      running = null;
      simulator.close();
    }
  }

  private boolean resets(ExtensionContext context) {
    boolean asked = resets;
    for (Class<?> type = context.getRequiredTestClass();
        type != null && !asked;
        type = type.getEnclosingClass()) {
      asked =
          AnnotationSupport.findAnnotation(type, DsqlTest.class)
              .filter(DsqlTest::resetBeforeEach)
              .isPresent();
    }
    return asked;
  }
}
