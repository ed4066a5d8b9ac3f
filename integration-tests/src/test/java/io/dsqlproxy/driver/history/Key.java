package io.dsqlproxy.driver.history;

/**
 * A row, whether or not it is there at the moment. Immutable.
 *
 * @param table the table
 * @param id its primary key
 */
record Key(String table, String id) {

  static Key of(String table, int id) {
    return new Key(table, String.valueOf(id));
  }

  @Override
  public String toString() {
    return table + " " + id;
  }
}
