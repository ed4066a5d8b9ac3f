package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.TimeZone;

/**
 * A date or a time without a calendar. pgJDBC writes it in the JVM's default time zone of the
 * moment when it is bound, so it is bound again in the zone of its first binding. Not safe for use
 * by several threads at once.
 */
public final class DefaultZoneBinding implements ParameterBinding {

  private final TimeZone zone = TimeZone.getDefault();
  private final ValueBinding<Calendar> binding;

  /**
   * The binding in the zone that is the default now.
   *
   * @param binding binds the value with a calendar, or without one if that is null
   */
  public DefaultZoneBinding(ValueBinding<Calendar> binding) {
    this.binding = binding;
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    boolean unchanged = zone.equals(TimeZone.getDefault());
    binding.bind(statement, unchanged ? null : new GregorianCalendar(zone));
  }

  @Override
  public long bytes() {
    return 4 * SMALL;
  }
}
