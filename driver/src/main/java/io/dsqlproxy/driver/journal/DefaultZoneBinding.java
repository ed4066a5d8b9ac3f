package io.dsqlproxy.driver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;

/**
 * A date or a time without a calendar. pgJDBC writes it in the JVM's default time zone of the
 * moment when it is bound, so it is bound in the zone of its first binding each time. Immutable.
 */
public final class DefaultZoneBinding implements ParameterBinding {

  private final TimeZone zone = TimeZone.getDefault();
  private final ParameterBinding first;
  private final ValueBinding<Calendar> binding;

  /**
   * The binding in the zone that is the default now.
   *
   * @param binding binds the value with a calendar, or without one if that is null
   */
  public DefaultZoneBinding(ValueBinding<Calendar> binding) {
    this(statement -> binding.bind(statement, null), binding);
  }

  private DefaultZoneBinding(ParameterBinding first, ValueBinding<Calendar> binding) {
    this.first = first;
    this.binding = binding;
  }

  /**
   * The binding of a date that setObject is given. It takes no calendar, so the date is bound again
   * by the method that pgJDBC chooses for it.
   *
   * @param index from 1
   * @param type of {@link Types}; null if the application gave none
   * @param binding how the application has bound it
   * @return null if pgJDBC does not write the value as a date or a time
   */
  static ParameterBinding ofObject(
      int index, Date value, Integer type, ValueBinding<Object> binding) {
    Date copy = (Date) value.clone();
    ValueBinding<Calendar> again =
        switch (type == null ? typeOf(value) : type) {
          case Types.DATE -> {
            java.sql.Date date =
                copy instanceof java.sql.Date same ? same : new java.sql.Date(copy.getTime());
            yield (statement, calendar) -> statement.setDate(index, date, calendar);
          }
          case Types.TIME -> {
            Time time = copy instanceof Time same ? same : new Time(copy.getTime());
            yield (statement, calendar) -> statement.setTime(index, time, calendar);
          }
          case Types.TIMESTAMP -> {
            Timestamp timestamp =
                copy instanceof Timestamp same ? same : new Timestamp(copy.getTime());
            yield (statement, calendar) -> statement.setTimestamp(index, timestamp, calendar);
          }
          default -> null;
        };
    return again == null
        ? null
        : new DefaultZoneBinding(statement -> binding.bind(statement, copy), again);
  }

  private static int typeOf(Date value) {
    if (value instanceof java.sql.Date) {
      return Types.DATE;
    }
    if (value instanceof Time) {
      return Types.TIME;
    }
    return value instanceof Timestamp ? Types.TIMESTAMP : Types.OTHER;
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    if (zone.equals(TimeZone.getDefault())) {
      first.bindTo(statement);
    } else {
      binding.bind(statement, new GregorianCalendar(zone));
    }
  }

  @Override
  public long bytes() {
    return 4 * SMALL;
  }
}
