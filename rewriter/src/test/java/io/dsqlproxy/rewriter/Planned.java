package io.dsqlproxy.rewriter;

import static org.assertj.core.api.Assertions.assertThat;

/** Reads a plan the way tests ask about it. */
public final class Planned {

  private final Plan plan;

  private Planned(Plan plan) {
    this.plan = plan;
  }

  public static Planned by(LockPolicy policy, String sql) {
    return new Planned(new Rewriter(policy).plan(sql));
  }

  /** With every lock emulated that can be. */
  public static Planned emulating(String sql) {
    return new Planned(new Rewriter(LockPolicy.defaults(), false, LockEmulation.ALL).plan(sql));
  }

  /** By a rewriter that may make SERIALIZABLE weaker. */
  public static Planned allowingWeakerIsolation(String sql) {
    return new Planned(new Rewriter(LockPolicy.defaults(), true).plan(sql));
  }

  public static Planned byDefault(String sql) {
    return by(LockPolicy.defaults(), sql);
  }

  public String inTransaction() {
    return sent(plan.inTransaction());
  }

  public String autocommit() {
    return sent(plan.autocommit());
  }

  /** What is emulated in its place, in every situation. */
  public LockRequest request() {
    return (LockRequest) emulated();
  }

  /** The locks that are emulated for the rows of a query. */
  public LockedRows lockedRows() {
    return (LockedRows) emulated();
  }

  private EmulatedRequest emulated() {
    assertThat(plan.sameInEverySituation()).isTrue();
    assertThat(plan.inTransaction()).isInstanceOf(PlannedForm.Emulate.class);
    return ((PlannedForm.Emulate) plan.inTransaction()).request();
  }

  /** Why nothing is sent, in any situation. */
  public Finding refusal() {
    assertThat(plan.sameInEverySituation()).isTrue();
    assertThat(plan.inTransaction()).isInstanceOf(PlannedForm.Refuse.class);
    return ((PlannedForm.Refuse) plan.inTransaction()).refusal();
  }

  private static String sent(PlannedForm form) {
    assertThat(form).isInstanceOf(PlannedForm.Send.class);
    return ((PlannedForm.Send) form).sql();
  }

  /** The one finding of the form for transactions. */
  public Finding finding() {
    assertThat(plan.inTransaction().findings()).hasSize(1);
    return plan.inTransaction().findings().get(0);
  }

  public Plan plan() {
    return plan;
  }

  /** Both forms send the application's own String object. */
  public void isUntouched() {
    assertThat(inTransaction()).isSameAs(plan.sql());
    assertThat(autocommit()).isSameAs(plan.sql());
  }
}
