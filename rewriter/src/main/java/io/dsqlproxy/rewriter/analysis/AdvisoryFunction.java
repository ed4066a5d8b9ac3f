package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.LockRequest.Action;
import io.dsqlproxy.rewriter.LockRequest.Scope;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** PostgreSQL's functions for advisory locks. */
public enum AdvisoryFunction {
  LOCK("pg_advisory_lock", Action.LOCK, Scope.SESSION, false),
  LOCK_SHARED("pg_advisory_lock_shared", Action.LOCK, Scope.SESSION, true),
  TRY_LOCK("pg_try_advisory_lock", Action.TRY_LOCK, Scope.SESSION, false),
  TRY_LOCK_SHARED("pg_try_advisory_lock_shared", Action.TRY_LOCK, Scope.SESSION, true),
  UNLOCK("pg_advisory_unlock", Action.UNLOCK, Scope.SESSION, false),
  UNLOCK_SHARED("pg_advisory_unlock_shared", Action.UNLOCK, Scope.SESSION, true),
  UNLOCK_ALL("pg_advisory_unlock_all", Action.UNLOCK_ALL, Scope.SESSION, false),
  XACT_LOCK("pg_advisory_xact_lock", Action.LOCK, Scope.TRANSACTION, false),
  XACT_LOCK_SHARED("pg_advisory_xact_lock_shared", Action.LOCK, Scope.TRANSACTION, true),
  TRY_XACT_LOCK("pg_try_advisory_xact_lock", Action.TRY_LOCK, Scope.TRANSACTION, false),
  TRY_XACT_LOCK_SHARED(
      "pg_try_advisory_xact_lock_shared", Action.TRY_LOCK, Scope.TRANSACTION, true);

  private static final Map<String, AdvisoryFunction> BY_NAME =
      Stream.of(values())
          .collect(Collectors.toUnmodifiableMap(f -> f.functionName, Function.identity()));

  private final String functionName;
  private final Action action;
  private final Scope scope;
  private final boolean shared;

  AdvisoryFunction(String functionName, Action action, Scope scope, boolean shared) {
    this.functionName = functionName;
    this.action = action;
    this.scope = scope;
    this.shared = shared;
  }

  /**
   * The function of this name.
   *
   * @param name as it is looked up
   * @return null if there is none
   */
  static AdvisoryFunction called(String name) {
    return BY_NAME.get(name);
  }

  /** Its name in pg_catalog. */
  public String functionName() {
    return functionName;
  }

  /** What it does. */
  public Action action() {
    return action;
  }

  /** How long the lock is held that it is about. */
  public Scope scope() {
    return scope;
  }

  /** Whether that lock is a shared one. */
  public boolean shared() {
    return shared;
  }

  /** Whether it returns a boolean; the others return void. */
  public boolean returnsBoolean() {
    return action == Action.TRY_LOCK || action == Action.UNLOCK;
  }
}
