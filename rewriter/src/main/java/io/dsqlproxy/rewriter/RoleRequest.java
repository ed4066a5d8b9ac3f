package io.dsqlproxy.rewriter;

import java.util.Objects;

/**
 * A statement asks for a role of the session. Immutable.
 *
 * @param name the statement, for messages
 * @param role the role as PostgreSQL knows it; empty for that of the login
 */
public record RoleRequest(String name, String role) implements EmulatedRequest {

  public RoleRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(role, "role");
  }

  @Override
  public String arguments() {
    return "";
  }

  @Override
  public String shape() {
    return "";
  }
}
