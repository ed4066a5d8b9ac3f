package io.dsqlproxy.driver.journal;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * An array of the server's with the contents that it has now: pgJDBC reads it when it is bound, and
 * the application may free it afterwards. Immutable.
 */
public final class ArrayBinding implements ParameterBinding {

  private final String elementType;
  private final String text;
  private final byte[] binary;
  private final ValueBinding<? super Array> binding;

  private ArrayBinding(
      String elementType, String text, byte[] binary, ValueBinding<? super Array> binding) {
    this.elementType = elementType;
    this.text = text;
    this.binary = binary;
    this.binding = binding;
  }

  /** The binding of an array that may be null. */
  public static ParameterBinding of(Array array, ValueBinding<? super Array> binding)
      throws SQLException {
    if (array == null) {
      return statement -> binding.bind(statement, null);
    }
    if (!(array instanceof PgArray known)) {
      return new UnrepeatableBinding(
          Obstacle.ARRAY_MAY_CHANGE.because(array.getClass().getName()),
          statement -> binding.bind(statement, array));
    }
    byte[] binary = known.toBytes();
    String text = binary == null ? known.toString() : null;
    return new ArrayBinding(array.getBaseTypeName(), text, binary, binding);
  }

  @Override
  public void bindTo(PreparedStatement statement) throws SQLException {
    BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
    int type = connection.getTypeInfo().getPGArrayType(elementType);
    binding.bind(
        statement,
        binary == null
            ? new PgArray(connection, type, text)
            : new PgArray(connection, type, binary));
  }

  @Override
  public long bytes() {
    return SMALL + SMALL + (binary == null ? 2L * text.length() : binary.length);
  }
}
