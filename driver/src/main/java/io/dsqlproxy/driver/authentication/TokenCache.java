package io.dsqlproxy.driver.authentication;

import io.dsqlproxy.driver.observation.ConnectionStatistics;
import io.dsqlproxy.driver.observation.DriverTiming;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers tokens until they are of no use. Whoever finds one past its time for renewal still uses
 * it, and has another one signed meanwhile; so nobody waits for the credentials while connections
 * are opened regularly, and nothing runs while none are. A token that is missing is signed once,
 * however many ask for it. Safe for use by many threads; holds no lock while it signs.
 */
public final class TokenCache {

  private static final Logger LOG = LoggerFactory.getLogger(TokenCache.class);

  /** Far more than one JVM has users of clusters. */
  private static final int MOST_TOKENS = 1000;

  /** How long a renewal that failed is left alone, and at most a quarter of what is left. */
  private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(30);

  private static final TokenCache GLOBAL =
      new TokenCache(
          new TokenSigner(Clock.systemUTC(), () -> ThreadLocalRandom.current().nextDouble()),
          TokenCache::startThread,
          MOST_TOKENS);

  private final TokenSigner signer;
  private final Executor threads;
  private final int mostTokens;
  private final Map<TokenRequest.Key, Entry> entries = new ConcurrentHashMap<>();

  /** The driver's own sources, to be closed once no token of theirs is left. */
  private final Set<DriverCredentials> opened = ConcurrentHashMap.newKeySet();

  /**
   * A cache of its own.
   *
   * @param threads runs a task that signs one token, and may wait for the network
   * @param mostTokens how many are remembered
   */
  TokenCache(TokenSigner signer, Executor threads, int mostTokens) {
    this.signer = Objects.requireNonNull(signer, "signer");
    this.threads = Objects.requireNonNull(threads, "threads");
    this.mostTokens = mostTokens;
  }

  /** What all connections of this JVM share. */
  public static TokenCache global() {
    return GLOBAL;
  }

  private static void startThread(Runnable task) {
    Thread thread = new Thread(task, "dsql-proxy-token");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A token.
   *
   * @param patience how long to wait for it, if it has to be signed
   * @throws SQLException SQLSTATE 28000 if there are no credentials to sign with
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws TimeoutException if the wait was too long; the token may still come
   */
  Lease lease(TokenRequest request, Duration patience, ConnectionStatistics statistics)
      throws SQLException, InterruptedException, TimeoutException {
    Entry entry = entry(request.key());
    Instant now = signer.clock().instant();
    Token token = entry.token.get();
    if (token != null && token.isUsable(now)) {
      if (token.isDueForRenewal(now) && !now.isBefore(entry.renewNotBefore)) {
        entry.flight(request, statistics, true);
      }
      return new Lease(token, true);
    }
    CompletableFuture<Token> flight = entry.flight(request, statistics, false);
    try {
      return new Lease(flight.get(patience.toNanos(), TimeUnit.NANOSECONDS), false);
    } catch (ExecutionException failure) {
      throw TokenErrors.notSigned(request, failure.getCause());
    }
  }

  /**
   * The server refused a token: it is not given to anybody again, and the next one is signed with
   * credentials that were asked for anew.
   */
  void reject(TokenRequest request, Token token) {
    Entry entry = entries.get(request.key());
    if (entry != null && entry.token.compareAndSet(token, null)) {
      request.credentials().forget();
    }
  }

  /** Forgets everything, and closes the credentials that the driver opened. Can be used again. */
  public void clear() {
    entries.clear();
    closeUnused();
  }

  private Entry entry(TokenRequest.Key key) {
    Entry known = entries.get(key);
    if (known != null) {
      return known;
    }
    makeRoom();
    return entries.computeIfAbsent(key, missing -> new Entry());
  }

  /** Only when another key appears: without it, nothing grows. */
  private void makeRoom() {
    Instant now = signer.clock().instant();
    entries.entrySet().removeIf(e -> e.getKey().isGone() || e.getValue().isUseless(now));
    while (entries.size() >= mostTokens) {
      entries.entrySet().stream()
          .min(Comparator.comparing(e -> e.getValue().end()))
          .ifPresent(e -> entries.remove(e.getKey(), e.getValue()));
    }
    closeUnused();
  }

  private void closeUnused() {
    Set<Object> used =
        entries.keySet().stream().map(TokenRequest.Key::credentials).collect(Collectors.toSet());
    for (DriverCredentials source : opened) {
      if (!used.contains(source) && opened.remove(source)) {
        source.close();
      }
    }
  }

  private Token sign(TokenRequest request) {
    try {
      return signer.sign(request);
    } catch (ExpiredCredentialsException expired) {
      request.credentials().forget();
      return signer.sign(request);
    } finally {
      if (request.credentials() instanceof DriverCredentials source) {
        opened.add(source);
        if (!entries.containsKey(request.key())) {
          // Everything was forgotten meanwhile, and nobody else will close it.
          closeUnused();
        }
      }
    }
  }

  /** Shows how many, and none of them. */
  @Override
  public String toString() {
    return "TokenCache[" + entries.size() + " tokens]";
  }

  /**
   * A token to log in with.
   *
   * @param token the token
   * @param remembered whether it was signed before it was asked for
   */
  record Lease(Token token, boolean remembered) {}

  /** What is known for one key. */
  private final class Entry {

    private final AtomicReference<Token> token = new AtomicReference<>();
    private final AtomicReference<CompletableFuture<Token>> flight = new AtomicReference<>();
    private volatile Instant renewNotBefore = Instant.MIN;

    /** The token that is being signed, by somebody else or from now on. */
    CompletableFuture<Token> flight(
        TokenRequest request, ConnectionStatistics statistics, boolean early) {
      CompletableFuture<Token> mine = new CompletableFuture<>();
      CompletableFuture<Token> running = flight.compareAndExchange(null, mine);
      if (running != null) {
        return running;
      }
      Token arrived = token.get();
      Instant now = signer.clock().instant();
      if (arrived != null && arrived.isUsable(now) && !(early && arrived.isDueForRenewal(now))) {
        // Another flight has landed since the caller looked.
        land(mine, arrived);
        return mine;
      }
      try {
        threads.execute(() -> run(mine, request, statistics, early));
      } catch (RuntimeException | Error noThread) {
        fail(mine, noThread);
      }
      return mine;
    }

    private void run(
        CompletableFuture<Token> mine,
        TokenRequest request,
        ConnectionStatistics statistics,
        boolean early) {
      Token signed;
      long start = System.nanoTime();
      try {
        signed = sign(request);
        statistics.took(DriverTiming.TOKEN_SIGNING, System.nanoTime() - start);
      } catch (RuntimeException | Error failure) {
        if (early) {
          postpone(request, statistics, failure);
        }
        fail(mine, failure);
        return;
      }
      statistics.tokenSigned();
      if (early) {
        statistics.tokenRenewed();
        LOG.info(
            "Renewed the token for user {} on {}", request.scope().user(), request.scope().host());
      }
      token.set(signed);
      land(mine, signed);
    }

    private void postpone(
        TokenRequest request, ConnectionStatistics statistics, Throwable failure) {
      statistics.tokenNotRenewed();
      Instant now = signer.clock().instant();
      Token current = token.get();
      if (current == null) {
        return;
      }
      Duration quarter = Duration.between(now, current.uselessAt()).dividedBy(4);
      renewNotBefore = now.plus(quarter.compareTo(RENEWAL_PAUSE) < 0 ? quarter : RENEWAL_PAUSE);
      LOG.warn(
          "The token for user {} on {} could not be renewed; the old one is in use until {}",
          request.scope().user(),
          request.scope().host(),
          current.uselessAt(),
          failure);
    }

    /** Whoever looks for a flight from here on finds the token. */
    private void land(CompletableFuture<Token> mine, Token signed) {
      flight.set(null);
      mine.complete(signed);
    }

    private void fail(CompletableFuture<Token> mine, Throwable failure) {
      flight.set(null);
      mine.completeExceptionally(failure);
    }

    boolean isUseless(Instant now) {
      return flight.get() == null && !end().isAfter(now);
    }

    Instant end() {
      Token current = token.get();
      return current == null ? Instant.MIN : current.uselessAt();
    }
  }
}
