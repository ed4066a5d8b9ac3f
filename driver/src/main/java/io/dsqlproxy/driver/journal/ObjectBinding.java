package io.dsqlproxy.driver.journal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.temporal.Temporal;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import org.postgresql.util.PGobject;

/**
 * Binds what the application gives as an object. pgJDBC turns most objects into their text at once,
 * so an object that may change is copied at once, too. Stateless.
 */
public final class ObjectBinding {

  private ObjectBinding() {}

  /**
   * The binding of a value for a parameter of a type, with the contents that it has now.
   *
   * @param index from 1
   * @param type of {@link Types}; null if the application gave none
   */
  public static ParameterBinding of(
      int index, Object value, Integer type, ValueBinding<Object> binding) throws SQLException {
    if (value instanceof Date date) {
      ParameterBinding dated = DefaultZoneBinding.ofObject(index, date, type, binding);
      return dated != null ? dated : inSameZone((Date) date.clone(), binding);
    }
    return isConvertedInDefaultZone(value, type) ? inSameZone(value, binding) : of(value, binding);
  }

  /** From a text pgJDBC makes a date or a time of the JVM's default time zone, and writes that. */
  private static boolean isConvertedInDefaultZone(Object value, Integer type) {
    if (type == null || !(value instanceof String || value instanceof Temporal)) {
      return false;
    }
    return switch (type) {
      case Types.DATE -> !(value instanceof LocalDate);
      case Types.TIME -> !(value instanceof LocalTime || value instanceof OffsetTime);
      case Types.TIMESTAMP -> !(value instanceof LocalDateTime);
      default -> false;
    };
  }

  /** The binding of a value with the contents that it has now; null for SQL's NULL. */
  public static ParameterBinding of(Object value, ValueBinding<Object> binding)
      throws SQLException {
    if (value instanceof String text) {
      return new TextBinding(text, statement -> binding.bind(statement, text));
    }
    if (value instanceof Array array) {
      return ArrayBinding.of(array, binding);
    }
    if (value instanceof byte[] bytes) {
      return new BytesBinding(bytes, binding::bind);
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof UUID) {
      return new PrintableBinding(value, binding);
    }
    if (isSmallAndImmutable(value)) {
      return statement -> binding.bind(statement, value);
    }
    if (isImmutable(value)) {
      return new SizedBinding(sizeOf(value), statement -> binding.bind(statement, value));
    }
    if (value instanceof Date date) {
      return inSameZone((Date) date.clone(), binding);
    }
    Object copy = copyOf(value);
    if (copy == null) {
      return new UnrepeatableBinding(
          Obstacle.OBJECT_MAY_CHANGE.because(value.getClass().getName()),
          statement -> binding.bind(statement, value));
    }
    return new SizedBinding(sizeOf(copy), statement -> binding.bind(statement, copy));
  }

  /**
   * pgJDBC writes it in the JVM's default time zone, and setObject takes no calendar: in another
   * zone it would be another value.
   */
  private static ParameterBinding inSameZone(Object value, ValueBinding<Object> binding) {
    TimeZone zone = TimeZone.getDefault();
    return new SizedBinding(
        ParameterBinding.SMALL + sizeOf(value),
        statement -> {
          if (!zone.hasSameRules(TimeZone.getDefault())) {
            throw new SQLException(
                "A date or time cannot be bound again, because the default time zone of the JVM has"
                    + " changed since setObject: use setTimestamp, setDate or setTime",
                "22007");
          }
          binding.bind(statement, value);
        });
  }

  private static boolean isImmutable(Object value) {
    return isSmallAndImmutable(value)
        || value instanceof String
        || value instanceof BigDecimal
        || value instanceof BigInteger;
  }

  private static boolean isSmallAndImmutable(Object value) {
    return value == null
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Boolean
        || value instanceof UUID
        || value instanceof Temporal
        || value instanceof Double
        || value instanceof Float
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Character
        || value instanceof Enum<?>
        || value instanceof ZoneId;
  }

  /** Null if there is no way to copy it. */
  private static Object copyOf(Object value) {
    if (value instanceof Calendar calendar) {
      return calendar.clone();
    }
    if (value instanceof PGobject object) {
      return copyOf(object);
    }
    if (value instanceof Map<?, ?> map) {
      return copyOf(map);
    }
    return copyOfArray(value);
  }

  /** pgJDBC writes the texts of keys and values. */
  private static Object copyOf(Map<?, ?> map) {
    Map<Object, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(textIfMutable(key), textIfMutable(value)));
    return copy.size() == map.size() ? copy : null;
  }

  private static Object textIfMutable(Object value) {
    return isImmutable(value) ? value : value.toString();
  }

  private static Object copyOf(PGobject object) {
    try {
      return object.clone();
    } catch (CloneNotSupportedException e) {
      return null;
    }
  }

  /** Arrays, of any dimensions, whose elements cannot change. */
  private static Object copyOfArray(Object value) {
    if (value instanceof byte[] array) {
      return array.clone();
    }
    if (value instanceof int[] array) {
      return array.clone();
    }
    if (value instanceof long[] array) {
      return array.clone();
    }
    if (value instanceof short[] array) {
      return array.clone();
    }
    if (value instanceof double[] array) {
      return array.clone();
    }
    if (value instanceof float[] array) {
      return array.clone();
    }
    if (value instanceof boolean[] array) {
      return array.clone();
    }
    return value instanceof Object[] array ? copyOfElements(array) : null;
  }

  /** Null if one of them may change, and there is no copy of it. */
  private static Object[] copyOfElements(Object[] array) {
    Object[] copy = array.clone();
    for (int i = 0; i < copy.length; i++) {
      if (!isImmutable(copy[i])) {
        copy[i] = copyOfArray(copy[i]);
        if (copy[i] == null) {
          return null;
        }
      }
    }
    return copy;
  }

  // -------------------- sizes

  /** What a value takes in memory, approximately, in bytes; null takes nothing. */
  static long sizeOf(Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof CharSequence text) {
      return 2L * text.length();
    }
    if (value instanceof BigInteger number) {
      return number.bitLength() / 8;
    }
    if (value instanceof BigDecimal number) {
      return sizeOf(number.unscaledValue());
    }
    if (value instanceof PGobject object) {
      return sizeOf(object.getValue());
    }
    if (value instanceof Map<?, ?> map) {
      return sizeOf(map.keySet().toArray()) + sizeOf(map.values().toArray());
    }
    if (value instanceof Object[] array) {
      return sizeOfElements(array);
    }
    return value.getClass().isArray() ? 8L * java.lang.reflect.Array.getLength(value) : 0;
  }

  private static long sizeOfElements(Object[] array) {
    long size = 0;
    for (Object element : array) {
      size += ParameterBinding.SMALL + sizeOf(element);
    }
    return size;
  }
}
