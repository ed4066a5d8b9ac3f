package io.dsqlproxy.simulator.conformance;

import io.dsqlproxy.simulator.conformance.Case.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs recorded cases with two sessions, one step after the other. Confined to one thread. */
final class CaseRunner implements AutoCloseable {

  private static final Pattern JOB = Pattern.compile("\\{\\[job_id]\\[\\[([a-z2-7]{26})]]}");

  private final Supplier<FactClient> open;
  private final FactClient[] sessions = new FactClient[2];

  CaseRunner(Supplier<FactClient> open) {
    this.open = open;
    sessions[0] = open.get();
    sessions[1] = open.get();
  }

  void prepare(List<String> statements) {
    for (String sql : statements) {
      if (sessions[0].run(sql).stream().anyMatch(Answer::isError)) {
        throw new IllegalStateException(sql + " -> " + sessions[0].run(sql));
      }
    }
  }

  /** How the answers differ from what was recorded; null if they do not. */
  String difference(Row row) {
    for (Case recorded : row.cases()) {
      String difference = difference(recorded);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private String difference(Case recorded) {
    prepare(recorded.setup());
    List<List<Answer>> answers = new ArrayList<>();
    String job = "";
    for (Step step : recorded.steps()) {
      List<Answer> answer = sessions[step.session()].run(step.sql().replace("<job_id>", job));
      Matcher started = JOB.matcher(answer.toString());
      job = started.find() ? started.group(1) : job;
      answers.add(answer);
    }
    boolean same = matches(recorded.outcomes(), answers);
    if (!same && recorded.eitherLoses()) {
      same = matches(withCommitsSwapped(recorded), answers);
    }
    rollBack(recorded);
    return same ? null : recorded.steps() + " -> " + answers;
  }

  private static boolean matches(List<Outcome> outcomes, List<List<Answer>> answers) {
    boolean same = true;
    for (int i = 0; i < answers.size(); i++) {
      same &= outcomes.get(i).matches(answers.get(i));
    }
    return same;
  }

  private static List<Outcome> withCommitsSwapped(Case recorded) {
    List<Outcome> swapped = new ArrayList<>(recorded.outcomes());
    List<Integer> commits = new ArrayList<>();
    for (int i = 0; i < swapped.size(); i++) {
      if (recorded.steps().get(i).isCommit()) {
        commits.add(i);
      }
    }
    swapped.set(commits.get(0), recorded.outcomes().get(commits.get(1)));
    swapped.set(commits.get(1), recorded.outcomes().get(commits.get(0)));
    return swapped;
  }

  /** As the recorder did; a session that has set a parameter is replaced. */
  private void rollBack(Case recorded) {
    for (int i = 0; i < sessions.length; i++) {
      sessions[i].run("ROLLBACK");
    }
    if (recorded.steps().get(0).sql().startsWith("SET ")) {
      sessions[0].close();
      sessions[0] = open.get();
    }
  }

  @Override
  public void close() {
    sessions[0].close();
    sessions[1].close();
  }
}
