package io.dsqlproxy.readme;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.util.HashMap;
import java.util.Map;

/**
 * The AWS SDK's system properties, for applications that configure nothing but a URL. They belong
 * to the whole JVM: not for tests that run side by side.
 */
final class AwsSystemProperties {

  private static final String ACCESS_KEY_ID = "aws.accessKeyId";
  private static final String SECRET_ACCESS_KEY = "aws.secretAccessKey";

  private AwsSystemProperties() {}

  /** Sets the credentials that a simulator accepts, and gives back what was set before. */
  static Map<String, String> set(DsqlSimulator simulator) {
    Map<String, String> before = new HashMap<>();
    before.put(ACCESS_KEY_ID, System.getProperty(ACCESS_KEY_ID));
    before.put(SECRET_ACCESS_KEY, System.getProperty(SECRET_ACCESS_KEY));
    System.setProperty(ACCESS_KEY_ID, simulator.accessKeyId());
    System.setProperty(SECRET_ACCESS_KEY, simulator.secretAccessKey());
    return before;
  }

  /** Puts back what was set before. */
  static void restore(Map<String, String> before) {
    before.forEach(
        (key, value) -> {
          if (value == null) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }
}
