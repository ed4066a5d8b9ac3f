package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which form takes the place of a lock that Aurora DSQL refuses: by default {@link
 * LockForm#FOR_UPDATE}, which keeps the guarantee; weaker forms per kind of lock and per table,
 * where the application's owner asked for them. Immutable.
 *
 * <p>In text, a policy is a list of rules separated by commas. A rule is
 *
 * <ul>
 *   <li>{@code form} for every share lock,
 *   <li>{@code lock:form} for one kind of lock, {@code forShare} or {@code forNoKeyUpdate},
 *   <li>{@code table:form} for share locks of one table,
 *   <li>{@code table:lock:form} for one kind of lock of one table.
 * </ul>
 *
 * {@code form} is {@code forUpdate}, {@code forKeyShare} or {@code none}. The most specific rule
 * wins. {@code FOR NO KEY UPDATE} is an exclusive lock: it is weakened only by rules that name it.
 * A table is written as in SQL, with or without its schema; with a schema, the rule fits only
 * statements that write the schema too. Where one clause reaches several tables the strongest of
 * their forms applies; where its tables are not known, the strongest form of all rules.
 */
public final class LockPolicy {

  private static final LockPolicy DEFAULTS = new LockPolicy(Map.of());

  private final Map<Subject, LockForm> forms;

  private LockPolicy(Map<Subject, LockForm> forms) {
    this.forms = Map.copyOf(forms);
  }

  /**
   * What a rule is about.
   *
   * @param table the table as it is looked up, or the empty string for every table
   * @param strength the kind of lock
   */
  private record Subject(String table, LockStrength strength) {}

  /** Every lock that Aurora DSQL refuses becomes {@code FOR UPDATE}. */
  public static LockPolicy defaults() {
    return DEFAULTS;
  }

  /**
   * Reads a policy from its text.
   *
   * @param text as described above; blank for the defaults
   * @throws IllegalArgumentException if a rule is not one, or two rules are about the same; the
   *     message names it and says what a rule is
   */
  public static LockPolicy parse(String text) {
    Map<Subject, LockForm> forms = new HashMap<>();
    if (!text.isBlank()) {
      for (String rule : text.split(",", -1)) {
        addRule(forms, rule.strip());
      }
    }
    return new LockPolicy(forms);
  }

  private static void addRule(Map<Subject, LockForm> forms, String rule) {
    String[] parts = rule.split(":", -1);
    LockForm form = form(rule, parts[parts.length - 1].strip());
    Subject subject;
    if (parts.length == 1) {
      subject = new Subject("", LockStrength.FOR_SHARE);
    } else if (parts.length == 2) {
      LockStrength strength = strength(parts[0].strip());
      subject =
          strength != null
              ? new Subject("", strength)
              : new Subject(table(rule, parts[0]), LockStrength.FOR_SHARE);
    } else if (parts.length == 3 && strength(parts[1].strip()) != null) {
      subject = new Subject(table(rule, parts[0]), strength(parts[1].strip()));
    } else {
      throw malformed(rule);
    }
    if (forms.put(subject, form) != null) {
      throw new IllegalArgumentException("two rules for the same locks: \"" + rule + "\"");
    }
  }

  private static LockForm form(String rule, String key) {
    for (LockForm form : LockForm.values()) {
      if (form.key().equals(key)) {
        return form;
      }
    }
    throw malformed(rule);
  }

  private static LockStrength strength(String key) {
    return switch (key) {
      case "forShare" -> LockStrength.FOR_SHARE;
      case "forNoKeyUpdate" -> LockStrength.FOR_NO_KEY_UPDATE;
      default -> null;
    };
  }

  private static String table(String rule, String part) {
    QualifiedName name = QualifiedName.of(part.strip());
    if (name == null) {
      throw malformed(rule);
    }
    return key(name.schema(), name.name());
  }

  private static IllegalArgumentException malformed(String rule) {
    return new IllegalArgumentException(
        "\""
            + rule
            + "\" is not a rule: form, lock:form, table:form or table:lock:form, with form one of"
            + " forUpdate, forKeyShare, none and lock one of forShare, forNoKeyUpdate");
  }

  private static String key(String schema, String name) {
    return schema.isEmpty() ? name : schema + "." + name;
  }

  /**
   * The form for a lock that Aurora DSQL refuses.
   *
   * @param strength {@code FOR_SHARE}, {@code LOCK_IN_SHARE_MODE} or {@code FOR_NO_KEY_UPDATE}
   * @param tables the tables that the clause reaches; empty if they are not known
   */
  public LockForm form(LockStrength strength, List<QualifiedName> tables) {
    Objects.requireNonNull(tables, "tables");
    if (forms.isEmpty()) {
      return LockForm.FOR_UPDATE;
    }
    LockStrength kind =
        strength == LockStrength.LOCK_IN_SHARE_MODE ? LockStrength.FOR_SHARE : strength;
    LockForm strongest = tables.isEmpty() ? general(kind) : LockForm.NONE;
    if (tables.isEmpty()) {
      for (Map.Entry<Subject, LockForm> rule : forms.entrySet()) {
        if (rule.getKey().strength() == kind) {
          strongest = stronger(strongest, rule.getValue());
        }
      }
    }
    for (QualifiedName table : tables) {
      strongest = stronger(strongest, form(kind, table));
    }
    return strongest;
  }

  /** Whether any rule is about a table, so that the tables of a clause need to be known. */
  public boolean dependsOnTables() {
    for (Subject subject : forms.keySet()) {
      if (!subject.table().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private LockForm form(LockStrength kind, QualifiedName table) {
    LockForm qualified = forms.get(new Subject(key(table.schema(), table.name()), kind));
    if (qualified != null) {
      return qualified;
    }
    LockForm unqualified = forms.get(new Subject(table.name(), kind));
    return unqualified != null ? unqualified : general(kind);
  }

  private LockForm general(LockStrength kind) {
    return forms.getOrDefault(new Subject("", kind), LockForm.FOR_UPDATE);
  }

  private static LockForm stronger(LockForm one, LockForm other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LockPolicy policy && forms.equals(policy.forms);
  }

  @Override
  public int hashCode() {
    return forms.hashCode();
  }

  @Override
  public String toString() {
    return "LockPolicy" + forms;
  }
}
