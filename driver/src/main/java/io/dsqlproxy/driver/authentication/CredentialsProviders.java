package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.configuration.DriverSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/**
 * Where AWS credentials come from. A provider lives as long as the driver, because it remembers
 * credentials until they expire: one for each connection would ask the metadata service each time.
 * Safe for use by many threads.
 */
final class CredentialsProviders {

  private static final Map<String, AwsCredentialsProvider> BY_PROFILE = new ConcurrentHashMap<>();

  private CredentialsProviders() {}

  /** The given object, else the given profile, else the default chain. */
  static AwsCredentialsProvider of(DriverSettings settings) {
    return settings
        .credentialsProvider()
        .or(() -> settings.profile().map(CredentialsProviders::ofProfile))
        .orElseGet(DefaultChain::get);
  }

  private static AwsCredentialsProvider ofProfile(String profile) {
    return BY_PROFILE.computeIfAbsent(
        profile, name -> ProfileCredentialsProvider.builder().profileName(name).build());
  }

  /** Created when it is first needed. */
  private static final class DefaultChain {

    private static final AwsCredentialsProvider INSTANCE =
        DefaultCredentialsProvider.builder().build();

    private static AwsCredentialsProvider get() {
      return INSTANCE;
    }
  }
}
