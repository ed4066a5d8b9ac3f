package io.dsqlproxy.driver.authentication;

import java.lang.ref.WeakReference;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The application's own provider. It is asked for each signature, remembers what it likes, and is
 * never closed here. Immutable.
 *
 * @param provider the object itself is what counts, not its {@code equals}
 */
record ApplicationCredentials(AwsCredentialsProvider provider) implements CredentialsSource {

  ApplicationCredentials {
    Objects.requireNonNull(provider, "provider");
  }

  @Override
  public AwsCredentials resolve() {
    return provider.resolveCredentials();
  }

  /** A provider cannot be told; those of the AWS SDK notice by themselves when they must ask. */
  @Override
  public void forget() {}

  @Override
  public Key key() {
    return new Key(provider);
  }

  /** Shows nothing: nobody knows what a provider says about itself. */
  @Override
  public String toString() {
    return "a provider of the application";
  }

  /** The identity of a provider, without keeping it alive. */
  static final class Key {

    private final WeakReference<AwsCredentialsProvider> provider;
    private final int hash;

    private Key(AwsCredentialsProvider provider) {
      this.provider = new WeakReference<>(provider);
      this.hash = System.identityHashCode(provider);
    }

    /** Nobody can ask with this provider again. */
    boolean isGone() {
      return provider.get() == null;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      AwsCredentialsProvider mine = provider.get();
      return mine != null && other instanceof Key key && key.provider.refersTo(mine);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
