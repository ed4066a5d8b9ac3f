package io.dsqlproxy.cluster;

import io.dsqlproxy.simulator.DsqlSimulator;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The simulator's credentials where the AWS default chain looks first, for the tests of one class:
 * an application that has nothing but a URL finds them there.
 */
public final class SystemCredentials implements BeforeAllCallback, AfterAllCallback {

  private final Map<String, String> before = new HashMap<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    replace("aws.accessKeyId", DsqlSimulator.DEFAULT_ACCESS_KEY_ID);
    replace("aws.secretAccessKey", DsqlSimulator.DEFAULT_SECRET_ACCESS_KEY);
  }

  private void replace(String key, String value) {
    before.put(key, System.setProperty(key, value));
  }

  @Override
  public void afterAll(ExtensionContext context) {
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
