package io.dsqlproxy.driver.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsqlproxy.driver.authentication.TokenCache.Lease;
import io.dsqlproxy.driver.observation.DriverEvent;
import io.dsqlproxy.driver.observation.DriverStatistics;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.utils.SdkAutoCloseable;

@Timeout(30)
class TokenCacheTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LIFETIME = Duration.ofMinutes(15);
  private static final TokenScope SCOPE = new TokenScope("localhost", 5432, "us-east-1", "admin");
  private static final AwsCredentials KEYS = AwsBasicCredentials.create("AKIDEXAMPLE", "geheim");

  private final ManualClock clock = new ManualClock();
  private final DriverStatistics statistics = new DriverStatistics();
  private final AtomicInteger resolved = new AtomicInteger();
  private final AwsCredentialsProvider provider =
      () -> {
        resolved.incrementAndGet();
        return KEYS;
      };
  private final TokenRequest request = request(SCOPE, provider);
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Signs at once what somebody waits for. */
  private final TokenCache cache = cache(Runnable::run, 100);

  private TokenCache cache(Executor threads, int mostTokens) {
    return new TokenCache(new TokenSigner(clock, () -> 0.5), threads, mostTokens);
  }

  private static TokenRequest request(TokenScope scope, AwsCredentialsProvider provider) {
    return new TokenRequest(scope, new ApplicationCredentials(provider), LIFETIME);
  }

  private Lease lease(TokenCache from, TokenRequest wanted) throws Exception {
    return from.lease(wanted, PATIENCE, statistics.connections());
  }

  private long signed() {
    return statistics.snapshot().connections().tokensSigned();
  }

  @Test
  void aTokenIsSignedOnceAndUsedUntilItIsDueForRenewal() throws Exception {
    Lease first = lease(cache, request);
    clock.advance(LIFETIME.multipliedBy(77).dividedBy(100));
    Lease second = lease(cache, request);

    assertThat(first.remembered()).isFalse();
    assertThat(second.remembered()).isTrue();
    assertThat(second.token()).isSameAs(first.token());
    assertThat(resolved).hasValue(1);
    assertThat(signed()).isEqualTo(1);
  }

  @Test
  void whoFindsATokenDueForRenewalUsesItAndDoesNotWait() throws Exception {
    TokenCache later = cache(waiting::add, 100);
    Token first = leaseOnThread(later);
    clock.advance(LIFETIME.multipliedBy(78).dividedBy(100));

    Lease during = lease(later, request);
    Lease alsoDuring = lease(later, request);

    assertThat(during.token()).isSameAs(first).isSameAs(alsoDuring.token());
    assertThat(waiting).hasSize(1);
    waiting.remove().run();
    assertThat(lease(later, request).token()).isNotSameAs(first);
    assertThat(waiting).isEmpty();
    assertThat(statistics.snapshot().connections().tokensRenewed()).isEqualTo(1);
    assertThat(signed()).isEqualTo(2);
  }

  /** The first token, signed by a task that this test runs while another thread waits. */
  private Token leaseOnThread(TokenCache from) throws Exception {
    AtomicReference<Object> result = new AtomicReference<>();
    Thread waits =
        new Thread(
            () -> {
              try {
                result.set(lease(from, request).token());
              } catch (Exception failure) {
                result.set(failure);
              }
            });
    waits.start();
    Runnable task = null;
    while (task == null) {
      Thread.onSpinWait();
      task = waiting.poll();
    }
    task.run();
    waits.join();
    return (Token) result.get();
  }

  @Test
  void aRenewalThatFailsLeavesTheOldTokenAndIsNotRepeatedAtOnce() throws Exception {
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    TokenRequest fragile =
        request(
            SCOPE,
            () -> {
              resolved.incrementAndGet();
              if (failure.get() != null) {
                throw failure.get();
              }
              return KEYS;
            });
    Token first = lease(cache, fragile).token();
    failure.set(new IllegalStateException("metadata service"));
    clock.advance(LIFETIME.multipliedBy(80).dividedBy(100));

    assertThat(lease(cache, fragile).token()).isSameAs(first);
    assertThat(lease(cache, fragile).token()).isSameAs(first);
    assertThat(resolved).hasValue(2);
    clock.advance(Duration.ofSeconds(31));
    assertThat(lease(cache, fragile).token()).isSameAs(first);
    assertThat(resolved).hasValue(3);
    assertThat(statistics.count(DriverEvent.TOKEN_NOT_RENEWED)).isEqualTo(2);
    failure.set(null);
    clock.advance(Duration.ofSeconds(31));
    lease(cache, fragile);
    assertThat(lease(cache, fragile).token()).isNotSameAs(first);
  }

  @Test
  void aTokenThatIsAboutToExpireIsNotUsed() throws Exception {
    Token first = lease(cache, request).token();
    clock.advance(LIFETIME.minusSeconds(30));

    Lease second = lease(cache, request);

    assertThat(second.token()).isNotSameAs(first);
    assertThat(second.remembered()).isFalse();
  }

  @Test
  void aRefusedTokenIsGivenToNobodyAgain() throws Exception {
    Token refused = lease(cache, request).token();
    cache.reject(request, refused);
    Lease next = lease(cache, request);

    assertThat(next.token()).isNotSameAs(refused);
    assertThat(next.remembered()).isFalse();
    // Somebody else hears later of the same refusal: the new token is not to blame.
    cache.reject(request, refused);
    assertThat(lease(cache, request).token()).isSameAs(next.token());
    assertThat(resolved).hasValue(2);
  }

  @Test
  void manyWhoAskAtOnceGetOneSignature() throws Exception {
    int askers = 50;
    CountDownLatch start = new CountDownLatch(1);
    TokenCache threaded = cache(task -> new Thread(task).start(), 100);
    ExecutorService pool = Executors.newFixedThreadPool(askers);
    try {
      List<Future<Token>> tokens = new ArrayList<>();
      Callable<Token> ask =
          () -> {
            start.await();
            return lease(threaded, request).token();
          };
      for (int i = 0; i < askers; i++) {
        tokens.add(pool.submit(ask));
      }
      start.countDown();
      Token one = tokens.get(0).get();
      for (Future<Token> token : tokens) {
        assertThat(token.get()).isSameAs(one);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(resolved).hasValue(1);
    assertThat(signed()).isEqualTo(1);
  }

  @Test
  void allWhoWaitHearOfTheFailureAndTheNextTriesAgain() {
    AtomicInteger asked = new AtomicInteger();
    TokenRequest broken =
        request(
            SCOPE,
            () -> {
              asked.incrementAndGet();
              throw new IllegalStateException("no credentials");
            });
    for (int i = 1; i <= 2; i++) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> lease(cache, broken))
          .withMessageContaining("user admin")
          .withCauseInstanceOf(IllegalStateException.class)
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28000"));
      assertThat(asked).hasValue(i);
    }
  }

  @Test
  void patienceAndInterruptionEndTheWait() {
    TokenCache stuck = cache(waiting::add, 100);

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> stuck.lease(request, Duration.ofMillis(1), statistics.connections()));
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> stuck.lease(request, PATIENCE, statistics.connections()));
    assertThat(Thread.interrupted()).isFalse();
    assertThat(waiting).as("both waited for the same signature").hasSize(1);
  }

  @Test
  void aThreadThatCannotBeStartedIsAFailureAndNotAHang() {
    TokenCache full =
        cache(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            100);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> lease(full, request))
          .withCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void nothingThatATokenDependsOnIsShared() throws Exception {
    List<TokenRequest> different =
        List.of(
            request,
            request(new TokenScope("other", 5432, "us-east-1", "admin"), provider),
            request(new TokenScope("localhost", 5433, "us-east-1", "admin"), provider),
            request(new TokenScope("localhost", 5432, "us-east-2", "admin"), provider),
            request(new TokenScope("localhost", 5432, "us-east-1", "app"), provider),
            request(SCOPE, () -> KEYS),
            new TokenRequest(
                SCOPE, new ApplicationCredentials(provider), LIFETIME.multipliedBy(2)));
    for (TokenRequest each : different) {
      assertThat(lease(cache, each).remembered()).isFalse();
    }
    for (TokenRequest each : different) {
      assertThat(lease(cache, each).remembered()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theOldestTokensMakeRoom(int most) throws Exception {
    TokenCache small = cache(Runnable::run, most);
    for (int user = 0; user < 10; user++) {
      lease(small, request(new TokenScope("localhost", 5432, "us-east-1", "u" + user), provider));
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(small).hasToString("TokenCache[" + most + " tokens]");
    assertThat(
            lease(small, request(new TokenScope("localhost", 5432, "us-east-1", "u9"), provider))
                .remembered())
        .isTrue();
  }

  @Test
  void expiredTokensAreForgottenWhenAnotherIsNeeded() throws Exception {
    lease(cache, request);
    clock.advance(LIFETIME);
    lease(cache, request(new TokenScope("other", 5432, "us-east-1", "admin"), provider));

    assertThat(cache).hasToString("TokenCache[1 tokens]");
  }

  @Test
  void aTokenDoesNotOutliveItsCredentials() throws Exception {
    Instant end = clock.instant().plusSeconds(100).plusMillis(700);
    TokenRequest session = request(SCOPE, () -> session(end));

    Token token = lease(cache, session).token();

    assertThat(token.text()).contains("X-Amz-Expires=");
    int expires = Integer.parseInt(token.text().replaceAll(".*X-Amz-Expires=(\\d+).*", "$1"));
    // One second may be lost between two readings of the clock inside the SDK.
    assertThat(expires).isBetween(99, 100);
    assertThat(token.uselessAt()).isEqualTo(token.signedAt().plusSeconds(90));
  }

  private static AwsSessionCredentials session(Instant end) {
    return AwsSessionCredentials.builder()
        .accessKeyId("AKIDEXAMPLE")
        .secretAccessKey("geheim")
        .sessionToken("session")
        .expirationTime(end)
        .build();
  }

  @Test
  void expiredCredentialsAreAskedForOnceMoreAndNeverSignedWith() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Instant past = clock.instant().minusSeconds(1);
    TokenRequest late =
        request(SCOPE, () -> session(asked.incrementAndGet() == 1 ? past : past.plusSeconds(3600)));
    assertThat(lease(cache, late).token().text()).contains("X-Amz-Signature");
    assertThat(asked).hasValue(2);

    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> lease(cache, request(SCOPE, () -> session(past))))
        .havingCause()
        .withMessageContaining("expired at " + past);
  }

  @Test
  void credentialsThatTheDriverOpenedAreSharedAndClosedWithTheirLastToken() throws Exception {
    List<String> events = new ArrayList<>();
    DriverCredentials source = new DriverCredentials(Optional.of("p"), () -> recorded(events));
    TokenRequest admin = new TokenRequest(SCOPE, source, LIFETIME);
    TokenRequest app =
        new TokenRequest(new TokenScope("localhost", 5432, "us-east-1", "app"), source, LIFETIME);

    lease(cache, admin);
    lease(cache, app);
    assertThat(events).containsExactly("opened", "asked", "asked");
    cache.clear();
    assertThat(events).endsWith("closed").hasSize(4);
    cache.clear();
    assertThat(events).hasSize(4);
    lease(cache, admin);
    assertThat(events).endsWith("closed", "opened", "asked");
  }

  @Test
  void credentialsBehindARefusedTokenAreOpenedAnew() throws Exception {
    List<String> events = new ArrayList<>();
    DriverCredentials source = new DriverCredentials(Optional.empty(), () -> recorded(events));
    TokenRequest admin = new TokenRequest(SCOPE, source, LIFETIME);

    cache.reject(admin, lease(cache, admin).token());
    lease(cache, admin);

    assertThat(events).containsExactly("opened", "asked", "closed", "opened", "asked");
  }

  /** The driver is deregistered while the first token is being signed. */
  @Test
  void credentialsThatComeAfterEverythingWasForgottenAreClosed() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    TokenCache later = cache(waiting::add, 100);
    DriverCredentials source = new DriverCredentials(Optional.of("p"), () -> recorded(events));
    TokenRequest first = new TokenRequest(SCOPE, source, LIFETIME);
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> later.lease(first, Duration.ZERO, statistics.connections()));

    later.clear();
    waiting.remove().run();

    assertThat(events).containsExactly("opened", "asked", "closed");
  }

  /** Another cluster's token is being signed with them, and their provider hangs. */
  @Test
  void refusalDoesNotWaitForCredentialsThatAreBeingAskedFor() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    CountDownLatch asking = new CountDownLatch(2);
    CountDownLatch answer = new CountDownLatch(1);
    AwsCredentialsProvider slow =
        new RecordedProvider(events) {
          @Override
          public AwsCredentials resolveCredentials() {
            asking.countDown();
            if (asking.getCount() == 0) {
              awaitUninterruptibly(answer);
            }
            return super.resolveCredentials();
          }
        };
    DriverCredentials source = new DriverCredentials(Optional.of("p"), () -> slow);
    TokenRequest here = new TokenRequest(SCOPE, source, LIFETIME);
    TokenRequest there =
        new TokenRequest(new TokenScope("other", 5432, "us-east-1", "admin"), source, LIFETIME);
    Token refused = lease(cache, here).token();
    Thread signs =
        new Thread(() -> assertThatCode(() -> lease(cache, there)).doesNotThrowAnyException());
    signs.start();
    asking.await();

    cache.reject(here, refused);
    assertThat(events).as("the provider is still in use").containsExactly("asked");
    answer.countDown();
    signs.join();

    assertThat(events).containsExactly("asked", "asked", "closed");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interruption) {
      throw new IllegalStateException(interruption);
    }
  }

  private static AwsCredentialsProvider recorded(List<String> events) {
    events.add("opened");
    return new RecordedProvider(events);
  }

  @Test
  void anApplicationsProviderIsNeitherClosedNorKeptAlive() throws Exception {
    List<String> events = new ArrayList<>();
    WeakReference<Object> provider = leaseWithAProviderOfItsOwn(events);
    for (int i = 0; i < 200 && provider.get() != null; i++) {
      System.gc();
    }

    assertThat(provider.get()).isNull();
    lease(cache, request);
    assertThat(cache).hasToString("TokenCache[1 tokens]");
    cache.clear();
    assertThat(events).containsExactly("asked");
  }

  private WeakReference<Object> leaseWithAProviderOfItsOwn(List<String> events) throws Exception {
    AwsCredentialsProvider own = new RecordedProvider(events);
    lease(cache, request(SCOPE, own));
    return new WeakReference<>(own);
  }

  /** A provider that can be closed, as most of the AWS SDK can. */
  private static class RecordedProvider implements AwsCredentialsProvider, SdkAutoCloseable {

    private final List<String> events;

    RecordedProvider(List<String> events) {
      this.events = events;
    }

    @Override
    public AwsCredentials resolveCredentials() {
      events.add("asked");
      return KEYS;
    }

    @Override
    public void close() {
      events.add("closed");
    }
  }
}
