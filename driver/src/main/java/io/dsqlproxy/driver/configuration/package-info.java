/** The URL and its properties, each declared once. */
package io.dsqlproxy.driver.configuration;
