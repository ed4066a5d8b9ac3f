package io.dsqlproxy.simulator.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recorded outcome of one statement: {@code ok:<tag> {values}} or {@code
 * err:<SQLSTATE>:<message>}. A question mark, or a remark in parentheses, stands for what was not
 * recorded. Immutable.
 */
record Outcome(String recorded) {

  private static final Pattern OK = Pattern.compile("ok:([^{]*?)\\s*(?:\\{(.*)})?");
  private static final Pattern ERROR = Pattern.compile("err:([0-9A-Z]{5}|\\?):(.*)");
  private static final Pattern COUNT = Pattern.compile("[A-Z ]+ (?:0 )?(\\d+)");
  private static final String JOB = "[a-z2-7]{26}";

  /** Whether these are the recorded answers to one message. */
  boolean matches(List<Answer> answers) {
    if (answers.isEmpty() || recorded.equals("?")) {
      return !answers.isEmpty();
    }
    Answer last = answers.get(answers.size() - 1);
    Matcher error = ERROR.matcher(recorded);
    if (error.matches()) {
      return last.isError()
          && (error.group(1).equals("?") || error.group(1).equals(last.sqlState()))
          && (error.group(2).startsWith("(") || error.group(2).equals(last.message()));
    }
    List<String> parts = parts(recorded.substring("ok:".length()));
    if (parts.size() != answers.size()) {
      return false;
    }
    boolean same = true;
    for (int i = 0; i < parts.size(); i++) {
      same &= matches("ok:" + parts.get(i), answers.get(i));
    }
    return same;
  }

  private static List<String> parts(String joined) {
    List<String> parts = new ArrayList<>();
    for (String part : joined.split(" \\+ ")) {
      parts.add(part.trim());
    }
    return parts;
  }

  private static boolean matches(String part, Answer answer) {
    Matcher ok = OK.matcher(part);
    if (answer.isError() || !ok.matches()) {
      return false;
    }
    return hasTag(ok.group(1), answer) && (ok.group(2) == null || hasValues(ok.group(2), answer));
  }

  private static boolean hasTag(String tag, Answer answer) {
    if (tag.equals("?")) {
      return true;
    }
    if (answer.tag() != null) {
      return tag.endsWith(" ?")
          ? answer.tag().startsWith(tag.substring(0, tag.length() - 1))
          : answer.tag().equals(tag);
    }
    Matcher count = COUNT.matcher(tag);
    return !count.matches() || answer.count() == Long.parseLong(count.group(1));
  }

  private static boolean hasValues(String values, Answer answer) {
    if (values.startsWith("columns ")) {
      return answer.columns().equals(List.of(values.substring("columns ".length()).split(",")));
    }
    if (answer.rows().size() != 1 || answer.columns().size() != 1) {
      return false;
    }
    String column = answer.columns().get(0);
    String value = answer.rows().get(0).get(0);
    if (values.startsWith("job_id")) {
      return column.equals("job_id") && value.matches(JOB);
    }
    if (values.startsWith("one row, column succeeded bool")) {
      return column.equals("succeeded") && value.equals("t");
    }
    int equals = values.indexOf('=');
    return values.substring(equals + 1).equals(value)
        && (equals < 0 || values.substring(0, equals).equals(column));
  }
}
