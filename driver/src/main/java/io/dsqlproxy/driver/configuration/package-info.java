/**
 * The URL and its properties, each declared once.
 *
 * <p>Precedence is pgJDBC's: a parameter of the URL wins over the {@link java.util.Properties}, the
 * last of several parameters wins, defaults of the Properties count, and the entries of pgJDBC's
 * service file come last. Our own keys are never passed on; everything else is, byte for byte, and
 * pgJDBC alone decodes it. Unknown keys are no error. A value of ours that breaks its rule is one,
 * SQLSTATE 22023, before anything is connected, and no refusal repeats a value.
 */
package io.dsqlproxy.driver.configuration;
