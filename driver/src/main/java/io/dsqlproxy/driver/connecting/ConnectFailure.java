package io.dsqlproxy.driver.connecting;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Why a login to a cluster fails, what the driver does about it, and what the application sees.
 * This is the only declaration: the driver's behaviour and the documentation follow it.
 *
 * <p>The service says 08006 both of an expired token and of a cluster that wakes up, and pgJDBC
 * says it of a lost connection: so it counts who speaks, and for 08006 the beginning of the
 * server's message, which is read only while a login is under way.
 */
enum ConnectFailure {
  /** The service takes 100 logins per second. */
  THROTTLED(
      "too many logins per second",
      "SQLSTATE 53400",
      Persistence.UNTIL_DEADLINE,
      "logs in again after a random wait that grows, until `connectDeadline`; meanwhile all pools of"
          + " this JVM keep to `connectRate`",
      Surfacing.TRANSIENT,
      ""),
  /** A cluster without traffic sleeps. */
  ASLEEP(
      "the cluster wakes up",
      "`unable to accept connection, waking up cluster`",
      Persistence.UNTIL_DEADLINE,
      "logs in again after a random wait that grows, until `connectDeadline`",
      Surfacing.TRANSIENT,
      " The cluster may need longer than connectDeadline or loginTimeout allows."),
  /** Nobody answers, or the connection is lost before the login has ended. */
  NETWORK(
      "the network fails before the login has ended",
      "an error of the socket or of the name service",
      Persistence.FIVE_ATTEMPTS,
      "logs in again after a random wait that grows, five times in all",
      Surfacing.TRANSIENT,
      ""),
  /** The token does not open the cluster for this user. */
  ACCESS_DENIED(
      "access denied",
      "`unable to accept connection, access denied`",
      Persistence.WITH_FRESH_TOKEN,
      "forgets a token that it remembered, asks for the credentials anew and logs in once more at"
          + " once; with a fresh token it gives up",
      Surfacing.NON_TRANSIENT,
      ""),
  /** The server knows no such role, or does not let it in. */
  UNKNOWN_ROLE(
      "the role does not exist or may not log in",
      "SQLSTATE class 28",
      Persistence.NONE,
      "gives up at once",
      Surfacing.AUTHORIZATION,
      " Check that the role exists, has LOGIN, and is linked with AWS IAM GRANT."),
  /** The cluster has all the connections that it takes. */
  TOO_MANY_CONNECTIONS(
      "too many open connections",
      "SQLSTATE 53300",
      Persistence.NONE,
      "gives up at once: more logins would not help those that wait",
      Surfacing.NON_TRANSIENT,
      " Make the pools smaller, or close what is not used."),
  /** The client did not say by TLS which cluster it wants. */
  NO_SERVER_NAME(
      "the server name is missing in TLS (SNI)",
      "`unable to accept connection, sni was not received`",
      Persistence.NONE,
      "gives up at once",
      Surfacing.NON_TRANSIENT,
      " Java sends the host name of the URL, but no IP address and no name without a dot: use the"
          + " host name of the cluster, and a socket factory that keeps it."),
  /** TLS cannot be agreed upon, or the certificate is not trusted. */
  ENCRYPTION(
      "TLS fails, or the certificate is not trusted",
      "an SSL error that is none of the network",
      Persistence.NONE,
      "gives up at once",
      Surfacing.NON_TRANSIENT,
      " The driver trusts what the JVM trusts, unless sslrootcert or sslfactory say otherwise, and"
          + " the certificate must be for the host name of the URL."),
  /** The time was over while nobody answered. */
  TIMED_OUT(
      "the time is over",
      "`loginTimeout` or `connectDeadline`",
      Persistence.NONE,
      "abandons the login, which closes its connection",
      Surfacing.TIMEOUT,
      ""),
  /** Nothing that the driver knows better than pgJDBC. */
  OTHER("anything else", "-", Persistence.NONE, "gives up at once", Surfacing.UNTOUCHED, "");

  /** How long the driver goes on. */
  enum Persistence {
    UNTIL_DEADLINE(Integer.MAX_VALUE),
    FIVE_ATTEMPTS(5),
    /** Only once, and not because time passes. */
    WITH_FRESH_TOKEN(1),
    NONE(1);

    private final int attempts;

    Persistence(int attempts) {
      this.attempts = attempts;
    }

    /** Logins in all that may end in this way before the driver gives up. */
    int attempts() {
      return attempts;
    }
  }

  /** The exception that the application gets in the end. */
  enum Surfacing {
    TRANSIENT("`SQLTransientConnectionException`"),
    NON_TRANSIENT("`SQLNonTransientConnectionException`"),
    AUTHORIZATION("`SQLInvalidAuthorizationSpecException`"),
    TIMEOUT("`SQLTimeoutException`, 08001"),
    UNTOUCHED("pgJDBC's exception as it is");

    private final String words;

    Surfacing(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private static final String AUTHORIZATION_CLASS = "28";

  private final String cause;
  private final String sign;
  private final Persistence persistence;
  private final String reaction;
  private final Surfacing surfacing;
  private final String advice;

  ConnectFailure(
      String cause,
      String sign,
      Persistence persistence,
      String reaction,
      Surfacing surfacing,
      String advice) {
    this.cause = cause;
    this.sign = sign;
    this.persistence = persistence;
    this.reaction = reaction;
    this.surfacing = surfacing;
    this.advice = advice;
  }

  /** Reads the failure of a login. Never {@link #TIMED_OUT}, which no exception tells. */
  static ConnectFailure of(SQLException failure) {
    Optional<ServerErrorMessage> server = serverError(failure);
    if (server.isPresent()) {
      return ofServer(server.get());
    }
    if (hasCause(failure, ConnectFailure::isOfNetwork)) {
      return NETWORK;
    }
    return hasCause(failure, SSLException.class::isInstance) ? ENCRYPTION : OTHER;
  }

  /** What the server itself said, if it was the server who refused. */
  static Optional<ServerErrorMessage> serverError(SQLException failure) {
    return failure instanceof PSQLException pg
        ? Optional.ofNullable(pg.getServerErrorMessage())
        : Optional.empty();
  }

  private static ConnectFailure ofServer(ServerErrorMessage error) {
    String sqlState = error.getSQLState() == null ? "" : error.getSQLState();
    String message = error.getMessage() == null ? "" : error.getMessage().toLowerCase(Locale.ROOT);
    if (sqlState.equals("53400")) {
      return THROTTLED;
    }
    if (sqlState.equals("53300")) {
      return TOO_MANY_CONNECTIONS;
    }
    for (ConnectFailure known : new ConnectFailure[] {ASLEEP, ACCESS_DENIED, NO_SERVER_NAME}) {
      if (message.startsWith(known.sign.replace("`", ""))) {
        return known;
      }
    }
    return sqlState.startsWith(AUTHORIZATION_CLASS) ? UNKNOWN_ROLE : OTHER;
  }

  /**
   * A handshake that fails because the other side has hung up is one of the network; a certificate
   * file that cannot be read is not, though it is an I/O error too.
   */
  private static boolean isOfNetwork(Throwable cause) {
    return cause instanceof SocketException
        || cause instanceof SocketTimeoutException
        || cause instanceof UnknownHostException
        || cause instanceof ClosedChannelException
        || cause instanceof EOFException;
  }

  private static boolean hasCause(Throwable failure, Predicate<Throwable> condition) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable link = failure; link != null && seen.add(link); link = link.getCause()) {
      if (condition.test(link)) {
        return true;
      }
    }
    return false;
  }

  /** What happens, in Markdown. */
  String cause() {
    return cause;
  }

  /** What it is recognised by, in Markdown. */
  String sign() {
    return sign;
  }

  /** What the driver does, in Markdown. */
  String reaction() {
    return reaction;
  }

  /** How long the driver goes on. */
  Persistence persistence() {
    return persistence;
  }

  /** The exception that the application gets in the end. */
  Surfacing surfacing() {
    return surfacing;
  }

  /** What somebody should do, for the end of a message; may be empty. */
  String advice() {
    return advice;
  }
}
