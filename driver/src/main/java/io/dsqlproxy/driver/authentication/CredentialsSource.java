package io.dsqlproxy.driver.authentication;

import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Where the AWS credentials of a signature come from. Two sources are equal if they give the same
 * credentials. Safe for use by many threads.
 */
sealed interface CredentialsSource permits ApplicationCredentials, DriverCredentials {

  /**
   * The credentials that hold now. May ask the network, and then remembers the answer as long as
   * the credentials hold.
   *
   * @throws RuntimeException whatever a provider fails with
   */
  AwsCredentials resolve();

  /**
   * What is remembered was refused: the next {@link #resolve} asks anew, as far as that is up to
   * us.
   */
  void forget();

  /**
   * What stands in the place of this source in a key that must not keep the application's objects
   * alive.
   */
  Object key();
}
