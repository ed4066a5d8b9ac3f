package io.dsqlproxy.rewriter.analysis;

import io.dsqlproxy.rewriter.lexical.TokenKind;
import io.dsqlproxy.rewriter.lexical.Tokens;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.parser.AbstractJSqlParser.Dialect;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.Node;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;

/**
 * What JSqlParser says about the structure of one statement. It is asked about {@linkplain
 * ParserText a text from which everything is taken that it would misread}, on the caller's thread,
 * within limits of length and depth; what it cannot parse has no structure here, and the caller
 * then does what is safe without one. Immutable.
 */
public final class StatementStructure {

  /**
   * Above these the parser's time and stack are no longer bounded by the length of the text
   * (measured with JSqlParser 5.4: cubic in parentheses, quadratic in dotted names, stack overflow
   * from 500 levels on; of a text that is no SQL it is quadratic in parameters). The length is that
   * of the whole text: many statements of which each takes seconds would take minutes.
   */
  private static final int LONGEST_TEXT = 64 * 1024;

  private static final int DEEPEST_NESTING = 100;

  private final boolean query;
  private final Map<Integer, List<Relation>> relationsBySelect;

  private StatementStructure(boolean query, Map<Integer, List<Relation>> relationsBySelect) {
    this.query = query;
    this.relationsBySelect = relationsBySelect;
  }

  /**
   * A table in a FROM list.
   *
   * @param table the name as it is looked up
   * @param alias the name that the query knows it by
   * @param aliasText that name as it can be written
   */
  public record Relation(QualifiedName table, String alias, String aliasText) {}

  /** The structure of a statement, or null if the parser cannot tell. */
  public static StatementStructure of(Statement statement) {
    Tokens tokens = statement.tokens();
    if (tokens.text().length() > LONGEST_TEXT || statement.depth() > DEEPEST_NESTING) {
      return null;
    }
    try {
      CCJSqlParser parser =
          CCJSqlParserUtil.newParser(ParserText.of(statement))
              .withDialect(Dialect.POSTGRESQL)
              .withAllowComplexParsing(false);
      net.sf.jsqlparser.statement.Statement parsed = parser.Statement();
      boolean complete =
          parser.getToken(0).kind == CCJSqlParserConstants.EOF
              || parser.getToken(1).kind == CCJSqlParserConstants.EOF;
      if (parsed == null || !complete) {
        return null;
      }
      return new StatementStructure(
          isQuery(parsed), relations(parser.getASTRoot(), tokens, tokens.start(statement.first())));
    } catch (ParseException | RuntimeException | StackOverflowError | LinkageError e) {
      // The parser throws half a dozen unrelated types for what it cannot read, and an overflow can
      // strike while one of its classes is being initialised. None of it is the statement's fault.
      return null;
    }
  }

  private static boolean isQuery(net.sf.jsqlparser.statement.Statement parsed) {
    return parsed instanceof ExplainStatement explain
        ? explain.getStatement() instanceof Select
        : parsed instanceof Select;
  }

  /** Walks the syntax tree with a stack of its own: long chains would overflow a recursive one. */
  private static Map<Integer, List<Relation>> relations(Node root, Tokens tokens, int base) {
    Map<Integer, List<Relation>> found = new HashMap<>();
    Deque<Node> open = new ArrayDeque<>();
    open.push(root);
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (node.jjtGetValue() instanceof PlainSelect select) {
        int offset = base + node.jjtGetFirstToken().absoluteBegin - 1;
        found.put(tokens.startingAt(offset), fromList(select, tokens, base));
      }
      for (int i = 0; i < node.jjtGetNumChildren(); i++) {
        open.push(node.jjtGetChild(i));
      }
    }
    return found;
  }

  private static List<Relation> fromList(PlainSelect select, Tokens tokens, int base) {
    List<Relation> relations = new ArrayList<>();
    List<FromItem> items = new ArrayList<>();
    if (select.getFromItem() != null) {
      items.add(select.getFromItem());
    }
    if (select.getJoins() != null) {
      for (Join join : select.getJoins()) {
        items.add(join.getFromItem());
      }
    }
    for (FromItem item : items) {
      Relation relation =
          item instanceof Table table && table.getASTNode() != null
              ? relation(table, tokens, base)
              : null;
      if (relation == null) {
        return List.of();
      }
      relations.add(relation);
    }
    return List.copyOf(relations);
  }

  /** The names are read from the statement itself: the parser was shown stand-ins for some. */
  private static Relation relation(Table table, Tokens tokens, int base) {
    int first = tokens.startingAt(base + table.getASTNode().jjtGetFirstToken().absoluteBegin - 1);
    QualifiedName.Parsed name = QualifiedName.parse(tokens, first);
    if (name == null || tokens.kind(name.end() - 1) == TokenKind.STRING) {
      return null;
    }
    if (table.getAlias() == null) {
      return new Relation(name.name(), name.name().name(), ownName(tokens, first, name));
    }
    int alias = tokens.isWord(name.end(), "AS") ? name.end() + 1 : name.end();
    QualifiedName.Parsed parsed = QualifiedName.parse(tokens, alias);
    return parsed == null
        ? null
        : new Relation(name.name(), parsed.name().name(), tokens.text(alias, parsed.end()));
  }

  /** Behind a schema, a keyword may be a table's name; by itself it must be quoted. */
  private static String ownName(Tokens tokens, int first, QualifiedName.Parsed name) {
    int last = name.end() - 1;
    return last > first && tokens.kind(last) == TokenKind.WORD
        ? '"' + name.name().name() + '"'
        : tokens.text(last);
  }

  /** Whether the statement is a query, or EXPLAIN of one. */
  public boolean isQuery() {
    return query;
  }

  /**
   * The tables in the FROM list of a SELECT.
   *
   * @param select the index of its SELECT token
   * @return empty if the list is not known to consist of tables only
   */
  public List<Relation> relations(int select) {
    return relationsBySelect.getOrDefault(select, List.of());
  }
}
