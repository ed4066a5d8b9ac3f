package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Event.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/** What a history left behind is what its transactions should have left. Stateless. */
final class EffectCheck {

  private EffectCheck() {}

  static List<Finding> check(History history, Versions versions) {
    List<Finding> findings = new ArrayList<>();
    history.left().forEach((key, trail) -> checkLeft(key, trail, versions, findings));
    for (ObservedTransaction transaction : history.transactions()) {
      if (versions.isCommitted(transaction.id())) {
        checkWritten(transaction, versions, findings);
      }
    }
    return findings;
  }

  private static void checkLeft(Key key, Trail trail, Versions versions, List<Finding> findings) {
    for (Token write : new HashSet<>(trail.tokens())) {
      if (Collections.frequency(trail.tokens(), write) > 1) {
        findings.add(new Finding.EffectTwice(key, write));
      }
      if (!versions.isWanted(key, write)) {
        findings.add(new Finding.UnwantedEffect(key, write, whyUnwanted(write, versions)));
      }
    }
  }

  private static String whyUnwanted(Token write, Versions versions) {
    ObservedTransaction writer = versions.transaction(write.transaction());
    if (writer == null) {
      return "nobody wrote it";
    }
    return versions.isCommitted(writer.id())
        ? "it was undone, or another row's"
        : "its transaction is " + writer.outcome() + ' ' + writer.detail();
  }

  private static void checkWritten(
      ObservedTransaction transaction, Versions versions, List<Finding> findings) {
    List<Token> there = new ArrayList<>();
    List<Token> missing = new ArrayList<>();
    for (Write write : transaction.writes()) {
      boolean isThere = versions.of(write.key()).tokens().contains(write.token());
      (isThere ? there : missing).add(write.token());
      if (!isThere && transaction.outcome() == Outcome.COMMITTED) {
        findings.add(new Finding.EffectMissing(write.key(), write.token()));
      }
    }
    if (!missing.isEmpty() && transaction.outcome() == Outcome.UNKNOWN) {
      findings.add(new Finding.TornTransaction(transaction.id(), there, missing));
    }
  }
}
