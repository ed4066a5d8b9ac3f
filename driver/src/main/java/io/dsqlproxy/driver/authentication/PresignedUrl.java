package io.dsqlproxy.driver.authentication;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * A URL that AWS Signature Version 4 makes good for a while: a GET without a body, of which the
 * host and the query are signed, and the signature stands in the query. Stateless.
 *
 * <p>The signers of the AWS SDK give the same signature, but their DEBUG log shows what they sign,
 * the session token of temporary credentials included.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html">Authenticating
 *     requests by query parameters</a>
 */
final class PresignedUrl {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String SCOPE_END = "aws4_request";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = "yyyyMMdd".length();

  private PresignedUrl() {}

  /**
   * The URL without its scheme; a secret.
   *
   * @param query parameters to be signed, not encoded
   */
  static String of(
      String host,
      Map<String, String> query,
      String service,
      String region,
      AwsCredentials credentials,
      Instant time,
      Duration lifetime) {
    String now = TIME.format(time);
    String date = now.substring(0, DATE_LENGTH);
    String scope = String.join("/", date, region, service, SCOPE_END);
    // Sorted by name, as they are signed.
    Map<String, String> parameters = new TreeMap<>(query);
    parameters.put("X-Amz-Algorithm", ALGORITHM);
    parameters.put("X-Amz-Credential", credentials.accessKeyId().trim() + '/' + scope);
    parameters.put("X-Amz-Date", now);
    parameters.put("X-Amz-Expires", String.valueOf(lifetime.toSeconds()));
    parameters.put("X-Amz-SignedHeaders", "host");
    if (credentials instanceof AwsSessionCredentials session) {
      parameters.put("X-Amz-Security-Token", session.sessionToken().trim());
    }
    StringJoiner encoded = new StringJoiner("&");
    parameters.forEach((name, value) -> encoded.add(encode(name) + '=' + encode(value)));

    String request = "GET\n/\n" + encoded + "\nhost:" + host + "\n\nhost\n" + hex(digest(""));
    String toSign = ALGORITHM + '\n' + now + '\n' + scope + '\n' + hex(digest(request));
    byte[] key = ("AWS4" + credentials.secretAccessKey().trim()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = mac(key, part);
    }
    return host + "/?" + encoded + "&X-Amz-Signature=" + hex(mac(key, toSign));
  }

  /** As RFC 3986 has it, not as forms do. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java platform has it", impossible);
    }
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
      throw new IllegalStateException("Every Java platform has it", impossible);
    }
  }
}
