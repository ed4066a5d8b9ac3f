package io.dsqlproxy.driver.authentication;

import java.util.Objects;

/**
 * What one token opens. The service accepts only the one of its two actions that belongs to the
 * user: {@code DbConnectAdmin} for {@code admin}, {@code DbConnect} for every other. Immutable.
 *
 * @param host the host name that is signed
 * @param port the port; not signed, but another port may be another cluster behind one name
 * @param region the AWS region that is signed
 * @param user the database user
 */
public record TokenScope(String host, int port, String region, String user) {

  private static final String ADMIN = "admin";

  public TokenScope {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(region, "region");
    Objects.requireNonNull(user, "user");
  }

  /** Whether the token is for the administrator of the cluster. */
  boolean forAdmin() {
    return user.equals(ADMIN);
  }

  /** The action that is signed, which is the right that IAM must grant, without {@code dsql:}. */
  public String action() {
    return forAdmin() ? "DbConnectAdmin" : "DbConnect";
  }
}
