/**
 * The plain half of the JDBC objects: each class hands the calls of one interface over, and leaves
 * abstract what a decorated class has to decide about. The two that build on decorated behaviour of
 * {@link java.sql.Statement}, for prepared and callable statements, live beside it in {@code jdbc}.
 */
package io.dsqlproxy.driver.forwarding;
