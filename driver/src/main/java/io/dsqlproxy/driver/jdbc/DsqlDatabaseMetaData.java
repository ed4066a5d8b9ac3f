package io.dsqlproxy.driver.jdbc;

import io.dsqlproxy.driver.configuration.DriverVersion;
import io.dsqlproxy.driver.forwarding.ForwardingDatabaseMetaData;
import io.dsqlproxy.driver.journal.Obstacle;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Metadata that tells the truth about Aurora DSQL where pgJDBC speaks of PostgreSQL, and whose
 * result sets lead back to decorated objects. As safe for use by many threads as the connection.
 */
final class DsqlDatabaseMetaData extends ForwardingDatabaseMetaData {

  private final DsqlConnection connection;
  private volatile Source source;

  DsqlDatabaseMetaData(
      DsqlConnection connection, PhysicalConnection physical, DatabaseMetaData delegate) {
    this.connection = connection;
    this.source = new Source(physical, delegate);
  }

  /** Many answers are queries, which run in the application's transaction. */
  @Override
  protected DatabaseMetaData delegate() throws SQLException {
    PhysicalConnection physical = connection.session().usable();
    connection.session().disarmAutosave();
    Source known = source;
    if (known.physical() != physical) {
      known = new Source(physical, physical.connection().getMetaData());
      source = known;
    }
    return known.metaData();
  }

  /** pgJDBC's metadata belong to one physical connection. */
  private record Source(PhysicalConnection physical, DatabaseMetaData metaData) {}

  /** A query about the catalog. */
  @FunctionalInterface
  private interface Question {

    ResultSet ask(DatabaseMetaData metaData) throws SQLException;
  }

  /**
   * pgJDBC has the whole result at once, so a transaction that only this has begun can be over: the
   * application's begins with its own first statement, and can be run again.
   */
  private ResultSet ask(Question question) throws SQLException {
    return connection.decorated(
        connection.gate().aside(Obstacle.CATALOG_READ.because(), () -> question.ask(delegate())));
  }

  /** Something about the server that no transaction changes. */
  @FunctionalInterface
  private interface Constant<T> {

    T ask(DatabaseMetaData metaData) throws SQLException;
  }

  private <T> T constant(Constant<T> constant) throws SQLException {
    return connection.gate().ask(() -> constant.ask(delegate()));
  }

  // -------------------- java.sql.DatabaseMetaData: answers of our own

  @Override
  public String getURL() {
    return connection.context().url();
  }

  @Override
  public String getDriverName() {
    return DriverVersion.NAME;
  }

  @Override
  public String getDriverVersion() {
    return DriverVersion.text();
  }

  @Override
  public int getDriverMajorVersion() {
    return DriverVersion.major();
  }

  @Override
  public int getDriverMinorVersion() {
    return DriverVersion.minor();
  }

  /** Nothing sets a level on Aurora DSQL, so the level of now is the default. */
  @Override
  public int getDefaultTransactionIsolation() throws SQLException {
    return connection.getTransactionIsolation();
  }

  @Override
  public boolean supportsTransactionIsolationLevel(int level) {
    return switch (level) {
      case Connection.TRANSACTION_READ_UNCOMMITTED,
          Connection.TRANSACTION_READ_COMMITTED,
          Connection.TRANSACTION_REPEATABLE_READ ->
          true;
      case Connection.TRANSACTION_SERIALIZABLE -> connection.context().allowWeakerIsolation();
      default -> false;
    };
  }

  @Override
  public boolean supportsSavepoints() {
    return connection.gate().hasSavepoints();
  }

  // -------------------- java.sql.DatabaseMetaData: constants that pgJDBC asks the server for

  @Override
  public String getSQLKeywords() throws SQLException {
    return constant(metaData -> metaData.getSQLKeywords());
  }

  @Override
  public int getMaxSchemaNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxSchemaNameLength());
  }

  @Override
  public int getMaxColumnNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxColumnNameLength());
  }

  @Override
  public int getMaxColumnsInIndex() throws SQLException {
    return constant(metaData -> metaData.getMaxColumnsInIndex());
  }

  @Override
  public int getMaxCursorNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxCursorNameLength());
  }

  @Override
  public int getMaxProcedureNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxProcedureNameLength());
  }

  @Override
  public int getMaxCatalogNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxCatalogNameLength());
  }

  @Override
  public int getMaxTableNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxTableNameLength());
  }

  @Override
  public int getMaxUserNameLength() throws SQLException {
    return constant(metaData -> metaData.getMaxUserNameLength());
  }

  // -------------------- java.sql.DatabaseMetaData: objects that lead back

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public ResultSet getProcedures(String catalog, String schemaPattern, String procedureNamePattern)
      throws SQLException {
    return ask(metaData -> metaData.getProcedures(catalog, schemaPattern, procedureNamePattern));
  }

  @Override
  public ResultSet getProcedureColumns(
      String catalog, String schemaPattern, String procedureNamePattern, String columnNamePattern)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getProcedureColumns(
                catalog, schemaPattern, procedureNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getTables(
      String catalog, String schemaPattern, String tableNamePattern, String[] types)
      throws SQLException {
    return ask(metaData -> metaData.getTables(catalog, schemaPattern, tableNamePattern, types));
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return ask(metaData -> metaData.getSchemas());
  }

  @Override
  public ResultSet getCatalogs() throws SQLException {
    return ask(metaData -> metaData.getCatalogs());
  }

  @Override
  public ResultSet getTableTypes() throws SQLException {
    return ask(metaData -> metaData.getTableTypes());
  }

  @Override
  public ResultSet getColumns(
      String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getColumnPrivileges(
      String catalog, String schema, String table, String columnNamePattern) throws SQLException {
    return ask(metaData -> metaData.getColumnPrivileges(catalog, schema, table, columnNamePattern));
  }

  @Override
  public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tableNamePattern)
      throws SQLException {
    return ask(metaData -> metaData.getTablePrivileges(catalog, schemaPattern, tableNamePattern));
  }

  @Override
  public ResultSet getBestRowIdentifier(
      String catalog, String schema, String table, int scope, boolean nullable)
      throws SQLException {
    return ask(metaData -> metaData.getBestRowIdentifier(catalog, schema, table, scope, nullable));
  }

  @Override
  public ResultSet getVersionColumns(String catalog, String schema, String table)
      throws SQLException {
    return ask(metaData -> metaData.getVersionColumns(catalog, schema, table));
  }

  @Override
  public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
    return ask(metaData -> metaData.getPrimaryKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getImportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return ask(metaData -> metaData.getImportedKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getExportedKeys(String catalog, String schema, String table)
      throws SQLException {
    return ask(metaData -> metaData.getExportedKeys(catalog, schema, table));
  }

  @Override
  public ResultSet getCrossReference(
      String parentCatalog,
      String parentSchema,
      String parentTable,
      String foreignCatalog,
      String foreignSchema,
      String foreignTable)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getCrossReference(
                parentCatalog,
                parentSchema,
                parentTable,
                foreignCatalog,
                foreignSchema,
                foreignTable));
  }

  @Override
  public ResultSet getTypeInfo() throws SQLException {
    return ask(metaData -> metaData.getTypeInfo());
  }

  @Override
  public ResultSet getIndexInfo(
      String catalog, String schema, String table, boolean unique, boolean approximate)
      throws SQLException {
    return ask(metaData -> metaData.getIndexInfo(catalog, schema, table, unique, approximate));
  }

  @Override
  public ResultSet getUDTs(
      String catalog, String schemaPattern, String typeNamePattern, int[] types)
      throws SQLException {
    return ask(metaData -> metaData.getUDTs(catalog, schemaPattern, typeNamePattern, types));
  }

  @Override
  public ResultSet getSuperTypes(String catalog, String schemaPattern, String typeNamePattern)
      throws SQLException {
    return ask(metaData -> metaData.getSuperTypes(catalog, schemaPattern, typeNamePattern));
  }

  @Override
  public ResultSet getSuperTables(String catalog, String schemaPattern, String tableNamePattern)
      throws SQLException {
    return ask(metaData -> metaData.getSuperTables(catalog, schemaPattern, tableNamePattern));
  }

  @Override
  public ResultSet getAttributes(
      String catalog, String schemaPattern, String typeNamePattern, String attributeNamePattern)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getAttributes(catalog, schemaPattern, typeNamePattern, attributeNamePattern));
  }

  @Override
  public ResultSet getSchemas(String catalog, String schemaPattern) throws SQLException {
    return ask(metaData -> metaData.getSchemas(catalog, schemaPattern));
  }

  @Override
  public ResultSet getClientInfoProperties() throws SQLException {
    return ask(metaData -> metaData.getClientInfoProperties());
  }

  @Override
  public ResultSet getFunctions(String catalog, String schemaPattern, String functionNamePattern)
      throws SQLException {
    return ask(metaData -> metaData.getFunctions(catalog, schemaPattern, functionNamePattern));
  }

  @Override
  public ResultSet getFunctionColumns(
      String catalog, String schemaPattern, String functionNamePattern, String columnNamePattern)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getFunctionColumns(
                catalog, schemaPattern, functionNamePattern, columnNamePattern));
  }

  @Override
  public ResultSet getPseudoColumns(
      String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern)
      throws SQLException {
    return ask(
        metaData ->
            metaData.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern));
  }

  // -------------------- java.sql.Wrapper

  /** pgJDBC's own metadata lead to pgJDBC's own connection. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    T unwrapped = Unwrapping.unwrap(this, delegate(), type);
    if (unwrapped != this) {
      connection.gate().unwrapped(type);
    }
    return unwrapped;
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return Unwrapping.isWrapperFor(this, delegate(), type);
  }
}
