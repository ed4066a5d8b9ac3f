package io.dsqlproxy.driver.fences;

import java.util.ArrayList;
import java.util.List;

/**
 * A transaction, and what somebody else commits in the middle of it. Immutable.
 *
 * @param steps of the transaction, without its end
 * @param interference a statement of its own transaction
 * @param moment before which of the steps it happens; as many as there are steps for the COMMIT
 */
record Scenario(List<ScenarioStep> steps, String interference, int moment) {

  /** How it looks to whoever has to find out what went wrong. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= steps.size(); i++) {
      if (i == moment) {
        text.append("        other: ").append(interference).append('\n');
      }
      text.append(String.format("  %2d  ", i));
      text.append(i == steps.size() ? "COMMIT" : steps.get(i).toString()).append('\n');
    }
    return text.toString();
  }

  boolean hasSavepoint() {
    return steps.stream().anyMatch(step -> step.kind() == ScenarioStep.Kind.SAVEPOINT);
  }

  /** Whether it goes back only to a savepoint that it has set. */
  boolean isWhole() {
    boolean set = false;
    for (ScenarioStep step : steps) {
      if (step.kind() == ScenarioStep.Kind.ROLLBACK_TO && !set) {
        return false;
      }
      set |= step.kind() == ScenarioStep.Kind.SAVEPOINT;
    }
    return true;
  }

  /** Whether the transaction executes nothing that could write, or undoes it. */
  boolean onlyReads(List<String> observed) {
    List<ScenarioStep> kept = withoutUndone().steps;
    for (int i = 0; i < kept.size(); i++) {
      String told = i < observed.size() ? observed.get(i) : "";
      if (kept.get(i).mayWrite() && !told.equals(ScenarioRun.END)) {
        return false;
      }
    }
    return true;
  }

  boolean namesSchemas() {
    return steps.stream()
        .anyMatch(step -> step.sql().contains("public.") || step.sql().contains("other."));
  }

  boolean changesSettings() {
    return steps.stream().anyMatch(step -> step.kind() == ScenarioStep.Kind.SETTING);
  }

  /** Which steps are undone by a rollback to a savepoint, or are about savepoints themselves. */
  boolean[] undone() {
    boolean[] undone = new boolean[steps.size()];
    int savepoint = -1;
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i).kind()) {
        case SAVEPOINT -> {
          savepoint = i;
          undone[i] = true;
        }
        case ROLLBACK_TO -> {
          for (int j = Math.max(savepoint, 0); j <= i; j++) {
            undone[j] = true;
          }
        }
        default -> {}
      }
    }
    return undone;
  }

  /** The same transaction as if nobody had ever begun what it has undone. */
  Scenario withoutUndone() {
    boolean[] undone = undone();
    List<ScenarioStep> kept = new ArrayList<>();
    int others = moment;
    for (int i = 0; i < steps.size(); i++) {
      if (!undone[i]) {
        kept.add(steps.get(i));
      } else if (i < moment) {
        others--;
      }
    }
    return new Scenario(kept, interference, others);
  }

  Scenario at(int otherMoment) {
    return new Scenario(steps, interference, otherMoment);
  }

  /** Without one of the steps. */
  Scenario without(int step) {
    List<ScenarioStep> others = new ArrayList<>(steps);
    others.remove(step);
    return new Scenario(others, interference, step < moment ? moment - 1 : moment);
  }
}
