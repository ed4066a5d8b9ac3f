package io.dsqlproxy.simulator;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of one day and the server certificate that it signed. Immutable. */
final class TestAuthority {

  private static final Duration LIFETIME = Duration.ofDays(30);
  private static final char[] PASSWORD = "simulator".toCharArray();

  private final X509Certificate authority;
  private final SSLContext serverContext;

  private TestAuthority(X509Certificate authority, SSLContext serverContext) {
    this.authority = authority;
    this.serverContext = serverContext;
  }

  static TestAuthority create(String host) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair authorityKeys = generator.generateKeyPair();
      KeyPair serverKeys = generator.generateKeyPair();
      X500Name authorityName = new X500Name("CN=DSQL simulator authority");
      X509v3CertificateBuilder root = certificate(authorityName, authorityName, authorityKeys);
      root.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      X509v3CertificateBuilder leaf =
          certificate(authorityName, new X500Name("CN=" + host), serverKeys);
      leaf.addExtension(Extension.subjectAlternativeName, false, names(host));
      X509Certificate authority = sign(root, authorityKeys);
      X509Certificate server = sign(leaf, authorityKeys);
      return new TestAuthority(authority, context(authority, server, serverKeys));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IOException("cannot make a server certificate", e);
    }
  }

  SSLContext serverContext() {
    return serverContext;
  }

  void writeTo(Path file) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(authority);
    }
    Files.writeString(file, text.toString());
  }

  private static X509v3CertificateBuilder certificate(
      X500Name issuer, X500Name subject, KeyPair keys) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.valueOf(System.nanoTime()),
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(LIFETIME)),
        subject,
        keys.getPublic());
  }

  private static GeneralNames names(String host) {
    return new GeneralNames(
        new GeneralName[] {
          new GeneralName(GeneralName.dNSName, host),
          new GeneralName(GeneralName.dNSName, "localhost"),
          new GeneralName(GeneralName.iPAddress, "127.0.0.1")
        });
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair authorityKeys)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate())));
  }

  private static SSLContext context(
      X509Certificate authority, X509Certificate server, KeyPair serverKeys)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", serverKeys.getPrivate(), PASSWORD, new X509Certificate[] {server, authority});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
