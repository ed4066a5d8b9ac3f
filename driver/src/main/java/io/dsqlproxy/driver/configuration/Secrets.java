package io.dsqlproxy.driver.configuration;

import java.util.Locale;

/** Which keys hold values that nobody may see. */
public final class Secrets {

  private Secrets() {}

  /**
   * Whether the value of a key must not be shown. Misspelt and foreign keys count too, since a
   * secret under a key that nobody reads is still a secret.
   */
  public static boolean isSecret(String key) {
    if (DriverProperty.ofKey(key).map(DriverProperty::secret).orElse(false)) {
      return true;
    }
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.contains("password") || lower.contains("passwd") || lower.contains("secret");
  }
}
