package io.dsqlproxy.driver.authentication;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * A provider that the driver makes when it is first asked, and closes when it is done with it: for
 * a profile, or for the default chain. The provider remembers credentials until they expire, so all
 * connections with the same profile share one. A closed source makes another provider if it is
 * asked again. Safe for use by many threads.
 */
final class DriverCredentials implements CredentialsSource {

  /**
   * One for each profile that the program names, which are few; the provider in it may be closed.
   */
  private static final Map<Optional<String>, DriverCredentials> SHARED = new ConcurrentHashMap<>();

  private final Optional<String> profile;
  private final Supplier<? extends AwsCredentialsProvider> maker;

  /** Held while the network is asked: others with the same profile want the same answer. */
  private final ReentrantLock lock = new ReentrantLock();

  private AwsCredentialsProvider provider;

  /** Whether the provider is to be closed by whoever has the lock next. */
  private volatile boolean unwanted;

  /**
   * A source of its own.
   *
   * @param profile empty for the default chain
   */
  DriverCredentials(Optional<String> profile, Supplier<? extends AwsCredentialsProvider> maker) {
    this.profile = profile;
    this.maker = maker;
  }

  /**
   * The source that all connections of this JVM share.
   *
   * @param profile empty for the default chain
   */
  static DriverCredentials shared(Optional<String> profile) {
    return SHARED.computeIfAbsent(
        profile, name -> new DriverCredentials(name, () -> newProvider(name)));
  }

  private static AwsCredentialsProvider newProvider(Optional<String> profile) {
    return profile.isPresent()
        ? ProfileCredentialsProvider.create(profile.get())
        : DefaultCredentialsProvider.builder().build();
  }

  @Override
  public AwsCredentials resolve() {
    lock.lock();
    try {
      closeUnwanted();
      if (provider == null) {
        provider = maker.get();
      }
      return provider.resolveCredentials();
    } finally {
      lock.unlock();
      closeIfFree();
    }
  }

  /** Only a new provider has nothing remembered. */
  @Override
  public void forget() {
    close();
  }

  /**
   * Ends what the provider holds open: at once, or when it has answered if it is being asked. Never
   * waits, because a provider may wait for the network, and a login has a timeout to keep.
   */
  void close() {
    unwanted = true;
    closeIfFree();
  }

  /** Whoever has the lock looks once more after giving it back. */
  private void closeIfFree() {
    while (unwanted && lock.tryLock()) {
      try {
        closeUnwanted();
      } finally {
        lock.unlock();
      }
    }
  }

  private void closeUnwanted() {
    if (!unwanted) {
      return;
    }
    unwanted = false;
    AwsCredentialsProvider known = provider;
    provider = null;
    if (known instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }

  /** The profile that the AWS SDK reads; empty for the default chain. */
  Optional<String> profile() {
    return profile;
  }

  /** There is one object for each profile. */
  @Override
  public DriverCredentials key() {
    return this;
  }

  @Override
  public String toString() {
    return profile
        .map(name -> "the AWS profile \"" + name + '"')
        .orElse("the AWS default credential chain");
  }
}
