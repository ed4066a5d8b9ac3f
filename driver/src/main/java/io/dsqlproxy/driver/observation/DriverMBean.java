package io.dsqlproxy.driver.observation;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statistics of this JVM's connections for JMX, under the name {@value #NAME}: an attribute for
 * each {@link DriverEvent} ({@code conflicts.exhausted} is {@code ConflictsExhausted}), and three
 * for each {@link DriverTiming} ({@code ConnectingCount}, {@code ConnectingTotalMilliseconds},
 * {@code ConnectingLongestMilliseconds}). Read only. Safe for use by many threads.
 */
public final class DriverMBean implements DynamicMBean {

  /** Its name. */
  public static final String NAME = "io.dsqlproxy:type=DriverStatistics";

  private static final Logger LOG = LoggerFactory.getLogger("io.dsqlproxy.observation");

  private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

  /** Whether the bean of this name is ours, and not that of another class loader's driver. */
  private static boolean registered;

  private final Map<String, Supplier<Number>> values = new LinkedHashMap<>();
  private final MBeanInfo info;

  DriverMBean(DriverStatistics statistics) {
    List<MBeanAttributeInfo> attributes = new ArrayList<>();
    for (DriverEvent event : DriverEvent.values()) {
      add(attributes, event.key(), "", event.description(), () -> statistics.count(event));
    }
    for (DriverTiming timing : DriverTiming.values()) {
      String what = timing.description();
      add(attributes, timing.key(), "Count", what, () -> statistics.timing(timing).count());
      add(
          attributes,
          timing.key(),
          "TotalMilliseconds",
          what,
          () -> statistics.timing(timing).total() / NANOSECONDS_PER_MILLISECOND);
      add(
          attributes,
          timing.key(),
          "LongestMilliseconds",
          what,
          () -> statistics.timing(timing).longest() / NANOSECONDS_PER_MILLISECOND);
    }
    info =
        new MBeanInfo(
            DriverMBean.class.getName(),
            "What the driver does on the application's behalf.",
            attributes.toArray(new MBeanAttributeInfo[0]),
            null,
            null,
            null);
  }

  private void add(
      List<MBeanAttributeInfo> attributes,
      String key,
      String suffix,
      String description,
      Supplier<Number> value) {
    String name = attributeName(key) + suffix;
    String type = suffix.endsWith("Milliseconds") ? "double" : "long";
    values.put(name, value);
    attributes.add(new MBeanAttributeInfo(name, type, description, true, false, false));
  }

  private static String attributeName(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.split("\\.")) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return name.toString();
  }

  /**
   * Makes the statistics of this JVM visible. A JVM that has them already, from another class
   * loader, or that allows no such thing, keeps what it has.
   */
  public static synchronized void register() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(new DriverMBean(DriverStatistics.global()), new ObjectName(NAME));
      registered = true;
    } catch (JMException | SecurityException | LinkageError failure) {
      LOG.debug("The statistics are not visible through JMX", failure);
    }
  }

  /** Takes back what {@link #register} did; the statistics of another class loader stay. */
  public static synchronized void unregister() {
    if (!registered) {
      return;
    }
    registered = false;
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(NAME));
    } catch (JMException | SecurityException | LinkageError failure) {
      LOG.debug("The statistics were not visible through JMX", failure);
    }
  }

  @Override
  public Object getAttribute(String attribute) throws AttributeNotFoundException {
    Supplier<Number> value = values.get(attribute);
    if (value == null) {
      throw new AttributeNotFoundException(attribute);
    }
    return value.get();
  }

  @Override
  public AttributeList getAttributes(String[] attributes) {
    AttributeList list = new AttributeList();
    for (String attribute : attributes) {
      Supplier<Number> value = values.get(attribute);
      if (value != null) {
        list.add(new Attribute(attribute, value.get()));
      }
    }
    return list;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " cannot be set");
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature) {
    throw new UnsupportedOperationException(action);
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return info;
  }
}
