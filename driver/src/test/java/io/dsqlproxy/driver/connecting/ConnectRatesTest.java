package io.dsqlproxy.driver.connecting;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsqlproxy.driver.configuration.ConnectSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ConnectRatesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ConnectSettings SETTINGS = new ConnectSettings(PATIENCE, 100, 5);
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private final ManualNanoClock clock = new ManualNanoClock();
  private final ConnectRates rates = new ConnectRates(clock);

  private Duration reserve() {
    return rates.reserve("a", SETTINGS, PATIENCE).orElseThrow();
  }

  @Test
  void theBurstIsFreeAndThenThePlacesAreAsFarApartAsTheRateSays() {
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(reserve());
    }
    assertThat(waits)
        .containsExactly(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            INTERVAL,
            INTERVAL.multipliedBy(2),
            INTERVAL.multipliedBy(3));
  }

  @Test
  void timeFillsTheBucketUpToTheBurst() {
    for (int i = 0; i < 5; i++) {
      reserve();
    }
    clock.advance(INTERVAL.multipliedBy(2));
    assertThat(reserve()).isZero();
    assertThat(reserve()).isZero();
    assertThat(reserve()).isEqualTo(INTERVAL);
    clock.advance(Duration.ofDays(1));
    for (int i = 0; i < 5; i++) {
      assertThat(reserve()).isZero();
    }
    assertThat(reserve()).isEqualTo(INTERVAL);
  }

  @Test
  void noMoreThanRateAndBurstPassInAnyTime() {
    int passed = 0;
    for (int millisecond = 0; millisecond < 1000; millisecond++) {
      if (rates.reserve("a", SETTINGS, Duration.ZERO).isPresent()) {
        passed++;
      }
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(passed).isBetween(104, 105);
  }

  @Test
  void aWaitThatIsTooLongReservesNothing() {
    for (int i = 0; i < 5; i++) {
      reserve();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(rates.reserve("a", SETTINGS, Duration.ofMillis(9))).isEmpty();
    }
    assertThat(rates.reserve("a", SETTINGS, INTERVAL)).contains(INTERVAL);
  }

  @Test
  void aPlaceThatIsGivenBackIsTheNextOnes() {
    for (int i = 0; i < 6; i++) {
      reserve();
    }
    rates.giveBack("a", SETTINGS);

    assertThat(reserve()).isEqualTo(INTERVAL);
  }

  @Test
  void aRefusalOfTheServerEndsTheBurst() {
    rates.drain("a", SETTINGS);
    assertThat(reserve()).isEqualTo(INTERVAL);
    assertThat(reserve()).isEqualTo(INTERVAL.multipliedBy(2));
    // It does not shorten what was reserved before.
    rates.drain("a", SETTINGS);
    assertThat(reserve()).isEqualTo(INTERVAL.multipliedBy(3));
  }

  @Test
  void poolsWithDifferentSettingsCountTogether() {
    ConnectSettings slow = new ConnectSettings(PATIENCE, 10, 1);
    assertThat(rates.reserve("a", slow, PATIENCE)).contains(Duration.ZERO);

    assertThat(rates.reserve("a", slow, PATIENCE)).contains(Duration.ofMillis(100));
    assertThat(rates.reserve("b", slow, PATIENCE)).contains(Duration.ZERO);
    assertThat(reserve()).as("200 ms are taken, 50 ms are its burst").hasMillis(160);
  }

  @Test
  void whatIsFullAgainIsForgotten() {
    for (int i = 0; i < 65; i++) {
      rates.reserve("server " + i, SETTINGS, PATIENCE);
    }
    assertThat(rates.size()).isEqualTo(65);
    clock.advance(INTERVAL);
    reserve();
    assertThat(rates.size()).isEqualTo(1);
  }

  @Test
  void placesAreGivenInOneOrderHoweverManyAsk() throws Exception {
    Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 100; n++) {
                  waits.add(reserve());
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(waits).hasSize(800);
    assertThat(waits.stream().filter(Duration::isZero)).hasSize(5);
    assertThat(waits.stream().filter(wait -> !wait.isZero())).doesNotHaveDuplicates().hasSize(795);
  }
}
