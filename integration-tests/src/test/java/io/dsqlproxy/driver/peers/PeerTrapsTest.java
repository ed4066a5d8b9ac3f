package io.dsqlproxy.driver.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Each trap has a test, here or elsewhere. */
class PeerTrapsTest {

  private static final Map<Integer, String> TRAPS =
      Map.ofEntries(
          Map.entry(1, "a statement created before the transaction is missing in the replay"),
          Map.entry(2, "after a first replay nothing is verified any more"),
          Map.entry(3, "an update count that is 0 in the replay is committed"),
          Map.entry(4, "a rollback to a savepoint forgets what came before it"),
          Map.entry(5, "calls are not replayed"),
          Map.entry(6, "schema, read-only and isolation are lost in the replay"),
          Map.entry(7, "NULL and the empty string, or two splits of a text, are the same"),
          Map.entry(8, "a failing rollback is no SQLException; objects lead to undecorated ones"),
          Map.entry(9, "the application's logging context is destroyed"),
          Map.entry(10, "the history grows for the life of a statement"),
          Map.entry(11, "a wait ignores interruption, its cap, or the deadline"),
          Map.entry(12, "a failure of the first run need not recur"),
          Map.entry(13, "semicolons, comments, CTEs and UNION break the rewriting"),
          Map.entry(14, "a rewritten batch has as many counts as rows, not as entries"),
          Map.entry(15, "a conflict is recognised by its message, and only at the top"),
          Map.entry(16, "a foreign URL, or none, is an exception"),
          Map.entry(17, "secrets are shown; a password beats the token; values are cut at ="),
          Map.entry(18, "the region is guessed from a host name"),
          Map.entry(19, "every getter of a result is wrapped"),
          Map.entry(20, "a refusal costs a pooled connection"),
          Map.entry(21, "Spring takes a conflict for something else"),
          Map.entry(22, "verification can be switched off"),
          Map.entry(23, "retries of driver and application multiply"),
          Map.entry(24, "Hibernate's locks are those that are refused"),
          Map.entry(25, "a dropped lock is write skew, and the test cannot see it"),
          Map.entry(26, "defaults of Properties are lost, and unknown keys an error"),
          Map.entry(27, "JDBC's default methods are not forwarded"),
          Map.entry(28, "toString and pgJDBC's own types are lost"),
          Map.entry(29, "values that pgJDBC reads itself change their meaning"),
          Map.entry(30, "upper and lower case depend on the machine's language"),
          Map.entry(31, "a parameter of a binary type is sent as text"));

  /** Tests of other things that would fail, too. */
  private static final Map<Integer, Set<String>> ELSEWHERE =
      Map.ofEntries(
          Map.entry(4, Set.of("driver.replay.ReplayTest#savepointUndoesWhatWasDoneSince")),
          Map.entry(6, Set.of("driver.jdbc.TransactionModesTest#readOnlyIsKeptInAReplay")),
          Map.entry(
              8,
              Set.of(
                  "driver.jdbc.LeadsBackTest#equalityIsIdentity",
                  "driver.jdbc.LeadsBackTest#statementsLeadBackToTheirConnection",
                  "driver.jdbc.LeadsBackTest#resultsLeadBackToTheVeryStatementTheyCameFrom",
                  "driver.jdbc.LeadsBackTest#metadataLeadsBack")),
          Map.entry(20, Set.of("frameworks.HikariPoolTest#refusalCostsNothingIfThePoolIsToldSo")),
          Map.entry(
              21,
              Set.of(
                  "frameworks.SpringConflictsTest"
                      + "#conflictAtCommitThatSurfacesIsALockThatCannotBeAcquired")),
          Map.entry(
              23,
              Set.of(
                  "driver.jdbc.ConflictRetryTest"
                      + "#conflictAtCommitSurfacesAsItIsIfTransactionsAreNotRunAgain")),
          Map.entry(
              24,
              Set.of(
                  "frameworks.HibernateLocksTest#entityIsLockedWhenItIsFound",
                  "frameworks.HibernateLocksTest#queryIsLockedBehindItsOrderAndLimit")),
          Map.entry(
              25,
              Set.of(
                  "workload.FenceTest#aWorkflowWriteAndATakeoverOfItsShardExcludeEachOther",
                  "workload.FenceTest"
                      + "#withoutTheLockAWorkflowWriteIsCommittedBehindTheTakeover")),
          Map.entry(
              27,
              Set.of(
                  "driver.jdbc.ForwardingTest#connection",
                  "driver.jdbc.ForwardingTest#statement",
                  "driver.jdbc.ForwardingTest#preparedStatement",
                  "driver.jdbc.ForwardingTest#callableStatement",
                  "driver.jdbc.ForwardingTest#resultSet",
                  "driver.jdbc.ConnectionBehaviourTest#largeVariantsReachPgjdbc")),
          Map.entry(
              28,
              Set.of(
                  "driver.jdbc.LeadsBackTest#preparedStatementShowsItselfAsPgjdbcDoes",
                  "driver.jdbc.LeadsBackTest#unwrapReachesPgjdbcAndOurselvesFirst")));

  @Test
  void everyTrapHasATest() {
    Set<Integer> covered = new TreeSet<>(ELSEWHERE.keySet());
    Stream.of(
            ReplayTrapsTest.class,
            VerificationTrapsTest.class,
            DriverTrapsTest.class,
            BinaryParameterTest.class)
        .flatMap(test -> Arrays.stream(test.getDeclaredMethods()))
        .filter(method -> method.isAnnotationPresent(Trap.class) && isTest(method))
        .flatMapToInt(method -> Arrays.stream(method.getAnnotation(Trap.class).value()))
        .forEach(covered::add);
    assertThat(covered).containsExactlyElementsOf(TRAPS.keySet().stream().sorted().toList());
    assertThat(covered).containsExactlyElementsOf(IntStream.rangeClosed(1, 31).boxed().toList());
  }

  @Test
  void everyTestElsewhereExists() throws ClassNotFoundException {
    for (String reference : ELSEWHERE.values().stream().flatMap(Set::stream).toList()) {
      String[] parts = reference.split("#", -1);
      Set<String> tests =
          Arrays.stream(Class.forName("io.dsqlproxy." + parts[0]).getDeclaredMethods())
              .filter(PeerTrapsTest::isTest)
              .map(Method::getName)
              .collect(Collectors.toSet());
      assertThat(tests).as(parts[0]).contains(parts[1]);
    }
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
