package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.Event.Read;
import io.dsqlproxy.driver.history.Event.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Each transaction by itself has seen nothing that cannot have been. For one check. */
final class ReadCheck {

  private final Versions versions;
  private final List<Finding> findings = new ArrayList<>();

  /** Who has written which row on which version. */
  private final Map<Key, Map<Trail, String>> writers = new HashMap<>();

  private ReadCheck(Versions versions) {
    this.versions = versions;
  }

  static List<Finding> check(History history, Versions versions) {
    ReadCheck check = new ReadCheck(versions);
    history.transactions().forEach(check::check);
    return check.findings;
  }

  private void check(ObservedTransaction transaction) {
    Map<Key, Trail> snapshot = new HashMap<>();
    Map<Key, Trail> own = new HashMap<>();
    for (Event event : transaction.events()) {
      if (event instanceof Read read) {
        Trail others = read.seen().without(transaction.id());
        checkVersion(transaction.id(), read.key(), others);
        if (!read.undone()) {
          checkOwn(transaction.id(), read, own.getOrDefault(read.key(), Trail.EMPTY));
          Trail before = snapshot.putIfAbsent(read.key(), others);
          if (before != null && !before.equals(others)) {
            findings.add(
                new Finding.NonRepeatableRead(transaction.id(), read.key(), before, others));
          }
        }
      } else if (event instanceof Write write && !write.undone()) {
        own.merge(write.key(), Trail.of(write.token()), (all, one) -> all.with(write.token()));
      }
    }
    if (versions.isCommitted(transaction.id())) {
      own.keySet().forEach(key -> checkUpdate(transaction.id(), key, snapshot.get(key)));
    }
  }

  private void checkOwn(String transaction, Read read, Trail written) {
    Trail seen = read.seen().of(transaction);
    if (!seen.equals(written)) {
      findings.add(new Finding.OwnWritesMissed(transaction, read.key(), written, seen));
    }
  }

  private void checkVersion(String reader, Key key, Trail seen) {
    Optional<Token> unwanted =
        seen.tokens().stream().filter(write -> !versions.isWanted(key, write)).findFirst();
    if (unwanted.isPresent()) {
      findings.add(new Finding.AbortedRead(reader, key, unwanted.get()));
    } else if (!versions.of(key).without(reader).startsWith(seen)) {
      findings.add(new Finding.ImpossibleRead(reader, key, seen));
    } else if (seen.size() > 0) {
      Token last = seen.tokens().get(seen.size() - 1);
      Trail ofWriter = versions.transaction(last.transaction()).writesTo(key);
      if (!last.equals(ofWriter.tokens().get(ofWriter.size() - 1))) {
        findings.add(new Finding.DirtyRead(reader, key, last));
      }
    }
  }

  /**
   * The version before a committed write is the one that its transaction has read.
   *
   * @param read null if it has not read the row
   */
  private void checkUpdate(String writer, Key key, Trail read) {
    if (read == null) {
      return;
    }
    String other = writers.computeIfAbsent(key, any -> new HashMap<>()).putIfAbsent(read, writer);
    if (other != null) {
      findings.add(new Finding.LostUpdate(key, writer, other));
      return;
    }
    Trail all = versions.of(key);
    Trail before = all.beforeFirstOf(writer);
    if (before.size() < all.size() && before.size() > read.size() && before.startsWith(read)) {
      findings.add(
          new Finding.LostUpdate(key, writer, before.tokens().get(read.size()).transaction()));
    }
  }
}
