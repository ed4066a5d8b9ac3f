package io.dsqlproxy.driver.history;

import io.dsqlproxy.driver.history.RegisterSteps.Append;
import io.dsqlproxy.driver.history.RegisterSteps.AppendBatch;
import io.dsqlproxy.driver.history.RegisterSteps.AppendReturning;
import io.dsqlproxy.driver.history.RegisterSteps.Enter;
import io.dsqlproxy.driver.history.RegisterSteps.Read;
import io.dsqlproxy.driver.history.RegisterSteps.Rewrite;
import io.dsqlproxy.driver.history.RegisterSteps.Scan;
import io.dsqlproxy.driver.history.TransactionPlan.Begin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes up transactions. What one does depends on the seed, its session and its number alone, and
 * not on how the run goes. For use by one thread.
 */
final class PlanGenerator {

  /** The rows 1 to this are there when a run begins. */
  static final int REGISTERS = 8;

  private static final int SLOTS = 3;
  private static final Lock[] PROMOTED = {
    Lock.SHARE, Lock.SHARE, Lock.SHARE_MODE, Lock.NO_KEY_UPDATE, Lock.UPDATE
  };

  /** Which transactions are made up. */
  enum Profile {
    /** Everything; locked and plain reads. */
    MIXED,
    /** Short transactions that decide by what they have read, always with a lock. */
    PROMOTED
  }

  private final long seed;
  private final Profile profile;
  private Random random;

  PlanGenerator(long seed, Profile profile) {
    this.seed = seed;
    this.profile = profile;
  }

  TransactionPlan plan(int session, int number) {
    random = new Random((seed * 1_000 + session) * 100_000 + number);
    random.nextInt();
    String id = "s" + session + "t" + number;
    if (profile == Profile.PROMOTED) {
      return new TransactionPlan(id, session, begin(), promotedSteps(), true);
    }
    if (one(6)) {
      return new TransactionPlan(id, session, Begin.ALONE, List.of(alone()), true);
    }
    return new TransactionPlan(id, session, begin(), mixedSteps(0), !one(8));
  }

  private Begin begin() {
    return one(4) ? Begin.TEXT : Begin.JDBC;
  }

  /** True once in so many times. */
  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }

  private boolean prepared() {
    return random.nextBoolean();
  }

  private int register() {
    return 1 + random.nextInt(REGISTERS);
  }

  private int slot() {
    return 1 + random.nextInt(SLOTS);
  }

  private Lock lock() {
    if (profile == Profile.PROMOTED) {
      return PROMOTED[random.nextInt(PROMOTED.length)];
    }
    return one(2) ? Lock.NONE : Lock.values()[random.nextInt(Lock.values().length)];
  }

  /** Each once, and not in the order of their keys. */
  private List<Integer> registers(int number) {
    List<Integer> ids = new ArrayList<>();
    while (ids.size() < number) {
      int id = register();
      if (!ids.contains(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  // -------------------- locked reads and what follows from them

  private List<Step> promotedSteps() {
    List<Integer> ids = registers(3);
    List<Step> steps = new ArrayList<>();
    steps.add(new Read(ids.get(0), lock(), random.nextInt(2), prepared()));
    if (one(2)) {
      steps.add(new Read(ids.get(1), lock(), 0, prepared()));
    }
    if (one(3)) {
      steps.add(new Rewrite(new Read(ids.get(2), lock(), 0, prepared()), prepared()));
    } else {
      steps.add(new Append(List.of(ids.get(2)), prepared()));
    }
    return steps;
  }

  // -------------------- everything

  private Step alone() {
    return switch (random.nextInt(6)) {
      case 0 -> new Read(register(), lock(), random.nextInt(2), prepared());
      case 1 -> new AppendReturning(register(), one(2), prepared());
      case 2 -> new Enter(false);
      case 3 -> new SlotSteps.Touch(slot(), prepared());
      default -> new Append(registers(1 + random.nextInt(2)), prepared());
    };
  }

  /** Savepoints may be inside of one another, but not too often. */
  private List<Step> mixedSteps(int depth) {
    return IntStream.range(0, 1 + random.nextInt(4 - depth)).mapToObj(i -> mixed(depth)).toList();
  }

  private Step mixed(int depth) {
    return switch (random.nextInt(16)) {
      case 0, 1, 2 -> new Read(register(), lock(), random.nextInt(2), prepared());
      case 3 -> scan();
      case 4, 5 -> new Append(registers(1 + random.nextInt(3)), prepared());
      case 6 -> new AppendReturning(register(), one(2), prepared());
      case 7 -> new AppendBatch(registers(1 + random.nextInt(4)), prepared());
      case 8 -> new Rewrite(new Read(register(), lock(), 0, prepared()), prepared());
      case 9 -> new Enter(one(4));
      case 10 -> new SlotSteps.Put(slot(), one(2));
      case 11 -> new SlotSteps.Delete(slot(), one(3));
      case 12 -> new SlotSteps.Touch(slot(), prepared());
      case 13 -> new SlotSteps.Look(slot(), lock(), prepared());
      default -> depth < 2 ? section(depth) : new Enter(false);
    };
  }

  private Step section(int depth) {
    return new Section(mixedSteps(depth + 1), one(2), one(2), "level" + depth);
  }

  /** The rows that are written in between are not among those that are read. */
  private Scan scan() {
    int from = 1 + random.nextInt(REGISTERS / 2 - 1);
    int last = from + random.nextInt(REGISTERS / 2 - from + 1);
    int written = REGISTERS / 2 + 1 + random.nextInt(REGISTERS / 2);
    List<Step> between = new ArrayList<>();
    if (one(2)) {
      between.add(new Append(List.of(written), prepared()));
      between.add(new Read(written, Lock.NONE, 0, prepared()));
    }
    return new Scan(from, last, lock(), random.nextInt(3), between);
  }
}
