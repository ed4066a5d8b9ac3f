package io.dsqlproxy.rewriter;

import io.dsqlproxy.rewriter.analysis.LockStrength;
import io.dsqlproxy.rewriter.analysis.QualifiedName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which form takes the place of a row lock: by default {@link LockForm#FOR_UPDATE} for those that
 * Aurora DSQL refuses, and the lock itself for the others; other forms per kind of lock and per
 * table, where the application's owner asked for them. Immutable.
 *
 * <p>In text, a policy is a list of rules separated by commas. A rule is
 *
 * <ul>
 *   <li>{@code form} for every lock that it can be about,
 *   <li>{@code lock:form} for one kind of lock, {@code forUpdate}, {@code forNoKeyUpdate}, {@code
 *       forShare} or {@code forKeyShare},
 *   <li>{@code table:form} for the locks of one table that it can be about,
 *   <li>{@code table:lock:form} for one kind of lock of one table.
 * </ul>
 *
 * {@code form} is {@code forUpdate}, {@code deferred}, {@code conditional}, {@code forKeyShare} or
 * {@code none}. A rule that names no lock is about share locks; with {@code deferred} and {@code
 * conditional}, which give nothing up, it is about {@code FOR UPDATE} and {@code FOR NO KEY UPDATE}
 * too. The most specific rule wins. A table is written as in SQL, with or without its schema; with
 * a schema, the rule fits only statements that write the schema too. Where one clause reaches
 * several tables the strongest of their forms applies; where its tables are not known, the
 * strongest form of all rules.
 *
 * <p>{@code conditional} needs to know which column of a table is its version: a second text lists
 * them as {@code table.column}, separated by commas.
 */
public final class LockPolicy {

  private static final LockPolicy DEFAULTS = new LockPolicy(Map.of(), Map.of());

  private final Map<Subject, LockForm> forms;

  /** By the table's name as it is written in the policy. */
  private final Map<String, String> versionColumns;

  private LockPolicy(Map<Subject, LockForm> forms, Map<String, String> versionColumns) {
    this.forms = Map.copyOf(forms);
    this.versionColumns = Map.copyOf(versionColumns);
  }

  /**
   * What a rule is about.
   *
   * @param table the table as it is looked up, or the empty string for every table
   * @param strength the kind of lock; null for every kind that the form can be about
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
    for (String rule : listed(text)) {
      addRule(forms, rule);
    }
    return new LockPolicy(forms, Map.of());
  }

  /**
   * The same policy with the columns that hold the versions of rows.
   *
   * @param text {@code table.column} or {@code schema.table.column}, separated by commas; may be
   *     blank
   * @throws IllegalArgumentException if an entry is not one, or a table has two; the message names
   *     it
   */
  public LockPolicy withVersionColumns(String text) {
    Map<String, String> columns = new HashMap<>();
    for (String entry : listed(text)) {
      QualifiedName name = QualifiedName.of(entry);
      if (name == null || name.parts().size() < 2) {
        throw new IllegalArgumentException("\"" + entry + "\" is not table.column");
      }
      List<String> table = name.parts().subList(0, name.parts().size() - 1);
      if (columns.put(key(new QualifiedName(table)), name.name()) != null) {
        throw new IllegalArgumentException("two version columns for one table: \"" + entry + "\"");
      }
    }
    return new LockPolicy(forms, columns);
  }

  private static List<String> listed(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static void addRule(Map<Subject, LockForm> forms, String rule) {
    String[] parts = rule.split(":", -1);
    LockForm form = form(rule, parts[parts.length - 1].strip());
    Subject subject;
    if (parts.length == 1) {
      subject = new Subject("", null);
    } else if (parts.length == 2) {
      LockStrength strength = strength(parts[0].strip());
      subject =
          strength != null ? new Subject("", strength) : new Subject(table(rule, parts[0]), null);
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
      case "forUpdate" -> LockStrength.FOR_UPDATE;
      case "forNoKeyUpdate" -> LockStrength.FOR_NO_KEY_UPDATE;
      case "forShare" -> LockStrength.FOR_SHARE;
      case "forKeyShare" -> LockStrength.FOR_KEY_SHARE;
      default -> null;
    };
  }

  private static String table(String rule, String part) {
    QualifiedName name = QualifiedName.of(part.strip());
    if (name == null) {
      throw malformed(rule);
    }
    return key(name);
  }

  private static IllegalArgumentException malformed(String rule) {
    return new IllegalArgumentException(
        "\""
            + rule
            + "\" is not a rule: form, lock:form, table:form or table:lock:form, with form one of"
            + " forUpdate, deferred, conditional, forKeyShare, none and lock one of forUpdate,"
            + " forNoKeyUpdate, forShare, forKeyShare");
  }

  private static String key(QualifiedName table) {
    return table.schema().isEmpty() ? table.name() : table.schema() + "." + table.name();
  }

  // -------------------- forms

  /**
   * The form for a lock.
   *
   * @param tables the tables that the clause reaches; empty if they are not known
   */
  public LockForm form(LockStrength strength, List<QualifiedName> tables) {
    Objects.requireNonNull(tables, "tables");
    if (forms.isEmpty()) {
      return unchanged(strength);
    }
    LockStrength kind =
        strength == LockStrength.LOCK_IN_SHARE_MODE ? LockStrength.FOR_SHARE : strength;
    LockForm strongest = tables.isEmpty() ? general(kind) : LockForm.NONE;
    if (tables.isEmpty()) {
      for (Map.Entry<Subject, LockForm> rule : forms.entrySet()) {
        if (isAbout(rule.getKey(), rule.getValue(), kind)) {
          strongest = stronger(strongest, rule.getValue());
        }
      }
    }
    for (QualifiedName table : tables) {
      strongest = stronger(strongest, form(kind, table));
    }
    return strongest;
  }

  /** What takes a lock's place where no rule is about it. */
  public static LockForm unchanged(LockStrength strength) {
    return strength == LockStrength.FOR_KEY_SHARE ? LockForm.FOR_KEY_SHARE : LockForm.FOR_UPDATE;
  }

  private static boolean isAbout(Subject subject, LockForm form, LockStrength kind) {
    if (subject.strength() != null) {
      return subject.strength() == kind;
    }
    return kind == LockStrength.FOR_SHARE
        || form.isPostponed() && kind != LockStrength.FOR_KEY_SHARE;
  }

  /** Whether any rule is about a table, so that the tables of a clause need to be known. */
  public boolean dependsOnTables() {
    for (Map.Entry<Subject, LockForm> rule : forms.entrySet()) {
      if (!rule.getKey().table().isEmpty() || rule.getValue() == LockForm.CONDITIONAL) {
        return true;
      }
    }
    return false;
  }

  /** Whether any lock is postponed, so that what a statement writes needs to be known. */
  public boolean postpones() {
    return forms.values().stream().anyMatch(LockForm::isPostponed);
  }

  private LockForm form(LockStrength kind, QualifiedName table) {
    LockForm qualified = rule(key(table), kind);
    if (qualified != null) {
      return qualified;
    }
    LockForm unqualified = rule(table.name(), kind);
    return unqualified != null ? unqualified : general(kind);
  }

  private LockForm general(LockStrength kind) {
    LockForm form = rule("", kind);
    return form != null ? form : unchanged(kind);
  }

  /** The more specific rule for a table, or for all; null if there is none. */
  private LockForm rule(String table, LockStrength kind) {
    LockForm named = forms.get(new Subject(table, kind));
    if (named != null) {
      return named;
    }
    Subject unnamed = new Subject(table, null);
    LockForm form = forms.get(unnamed);
    return form != null && isAbout(unnamed, form, kind) ? form : null;
  }

  private static LockForm stronger(LockForm one, LockForm other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  // -------------------- versions

  /** The column that holds the versions of a table's rows; null if none is declared. */
  public String versionColumn(QualifiedName table) {
    String column = versionColumns.get(key(table));
    return column != null ? column : versionColumns.get(table.name());
  }

  /**
   * A rule that makes locks conditional for which no version column is declared.
   *
   * @return the rule's table, or {@code *} for all tables; null if there is no such rule
   */
  public String tableWithoutVersions() {
    for (Map.Entry<Subject, LockForm> rule : forms.entrySet()) {
      String table = rule.getKey().table();
      if (rule.getValue() == LockForm.CONDITIONAL
          && versionColumns.keySet().stream().noneMatch(declared -> mayBeSame(declared, table))) {
        return table.isEmpty() ? "*" : table;
      }
    }
    return null;
  }

  /** One of them may have a schema that the other leaves out. */
  private static boolean mayBeSame(String declared, String table) {
    return table.isEmpty()
        || declared
            .substring(declared.lastIndexOf('.') + 1)
            .equals(table.substring(table.lastIndexOf('.') + 1));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LockPolicy policy
        && forms.equals(policy.forms)
        && versionColumns.equals(policy.versionColumns);
  }

  @Override
  public int hashCode() {
    return 31 * forms.hashCode() + versionColumns.hashCode();
  }

  @Override
  public String toString() {
    return "LockPolicy" + forms + versionColumns;
  }
}
