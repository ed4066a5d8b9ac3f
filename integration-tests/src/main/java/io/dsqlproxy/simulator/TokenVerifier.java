package io.dsqlproxy.simulator;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks a login token: a URL that was signed for a while (AWS Signature Version 4, presigned),
 * sent as the password. The signature is computed again from the secret. Thread-safe.
 */
final class TokenVerifier {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String ADMIN_ACTION = "DbConnectAdmin";
  private static final String USER_ACTION = "DbConnect";
  private static final Duration MAX_LIFETIME = Duration.ofDays(7);
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private final String region;
  private final String accessKeyId;
  private final String secretAccessKey;
  private final Set<String> hosts;
  private final Clock clock;

  TokenVerifier(
      String region, String accessKeyId, String secretAccessKey, Set<String> hosts, Clock clock) {
    this.region = region;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.hosts = hosts;
    this.clock = clock;
  }

  /** Why the token does not admit the user, in the words of the hint; null if it does. */
  String objection(String user, String token) {
    int slash = token.indexOf("/?");
    if (slash < 0) {
      return "The token is not a presigned URL.";
    }
    String host = token.substring(0, slash);
    Map<String, String> parameters = parameters(token.substring(slash + 2));
    String signature = parameters.remove("X-Amz-Signature");
    String date = parameters.getOrDefault("X-Amz-Date", "");
    String scope = scope(date);
    if (!hosts.contains(host.replaceFirst(":\\d+$", ""))) {
      return "The token was made for another host: " + host;
    }
    boolean signed =
        signature != null
            && ALGORITHM.equals(parameters.get("X-Amz-Algorithm"))
            && (accessKeyId + "/" + scope).equals(parameters.get("X-Amz-Credential"))
            && MessageDigest.isEqual(
                signature.getBytes(StandardCharsets.UTF_8),
                sign(host, parameters, date, scope).getBytes(StandardCharsets.UTF_8));
    if (!signed) {
      return "The request signature we calculated does not match the signature you provided.";
    }
    String late = lateness(date, parameters.getOrDefault("X-Amz-Expires", ""));
    return late != null ? late : wrongAction(user, parameters.getOrDefault("Action", ""));
  }

  private String scope(String date) {
    return (date.length() < 8 ? "" : date.substring(0, 8)) + "/" + region + "/dsql/aws4_request";
  }

  private static String wrongAction(String user, String action) {
    String expected = user.equals("admin") ? ADMIN_ACTION : USER_ACTION;
    return action.equals(expected)
        ? null
        : "Wrong user to action mapping. user: " + user + ", action: " + action;
  }

  private String lateness(String date, String expires) {
    Instant signedAt;
    Duration lifetime;
    try {
      signedAt = LocalDateTime.parse(date, TIMESTAMP).toInstant(ZoneOffset.UTC);
      lifetime = Duration.ofSeconds(Long.parseLong(expires));
    } catch (DateTimeException | NumberFormatException malformed) {
      return "The token does not say when it expires.";
    }
    if (lifetime.compareTo(MAX_LIFETIME) > 0) {
      return "X-Amz-Expires must be less than a week (in seconds)";
    }
    Instant end = signedAt.plus(lifetime);
    Instant now = clock.instant();
    if (signedAt.isAfter(now.plus(MAX_SKEW))) {
      return "Signature not yet current: "
          + print(signedAt)
          + " is still later than "
          + print(now.plus(MAX_SKEW));
    }
    return now.isBefore(end)
        ? null
        : "Signature expired: " + print(end) + " is now earlier than " + print(now);
  }

  private static String print(Instant instant) {
    return TIMESTAMP.format(instant.atOffset(ZoneOffset.UTC));
  }

  private String sign(String host, Map<String, String> parameters, String date, String scope) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? "" : "&")
                .append(encode(name))
                .append('=')
                .append(encode(value)));
    String request =
        String.join("\n", "GET", "/", query, "host:" + host, "", "host", hex(sha256("")));
    String toSign = String.join("\n", ALGORITHM, date, scope, hex(sha256(request)));
    byte[] key = ("AWS4" + secretAccessKey).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    return hex(hmac(key, toSign));
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  /** RFC 3986, as the signature asks for it. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
