package io.dsqlproxy.rewriter;

import java.util.List;
import java.util.Objects;

/**
 * What happens to a statement in one situation: it is sent, it is emulated, or it is refused.
 * Immutable.
 */
public sealed interface PlannedForm {

  /**
   * What was decided about each construct, in the order of the text; empty if nothing needed a
   * decision.
   */
  List<Finding> findings();

  /**
   * The statement is sent.
   *
   * @param sql the text to send; the very String object of the application if nothing changed
   * @param findings what was decided and why
   * @param postponed the lock that has to be taken later; null for most statements
   */
  record Send(String sql, List<Finding> findings, PostponedLock postponed) implements PlannedForm {

    public Send {
      Objects.requireNonNull(sql, "sql");
      findings = List.copyOf(findings);
    }

    /** A statement with all its locks, if it has any. */
    public Send(String sql, List<Finding> findings) {
      this(sql, findings, null);
    }

    static Send unchanged(String sql) {
      return new Send(sql, List.of());
    }
  }

  /**
   * The statement asks for what Aurora DSQL does not have: the driver does that itself, and sends a
   * statement in its place that gives the same result.
   *
   * @param request what it asks for
   * @param findings what was decided and why
   */
  record Emulate(EmulatedRequest request, List<Finding> findings) implements PlannedForm {

    public Emulate {
      Objects.requireNonNull(request, "request");
      findings = List.copyOf(findings);
    }
  }

  /**
   * The statement is refused before anything reaches the server.
   *
   * @param refusal the finding that made it impossible to send
   * @param findings every finding, the refusal included
   */
  record Refuse(Finding refusal, List<Finding> findings) implements PlannedForm {

    public Refuse {
      Objects.requireNonNull(refusal, "refusal");
      findings = List.copyOf(findings);
    }
  }
}
