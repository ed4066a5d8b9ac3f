package io.dsqlproxy.simulator;

import io.dsqlproxy.simulator.Judgement.Effect;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides by PostgreSQL's own parse tree whether DSQL runs a statement. Stateless apart from the
 * function catalog; thread-safe.
 */
final class StatementJudge {

  private static final String UTILITY = "6";
  private static final String MERGE = "5";
  private static final String SELECT = "1";
  private static final String RELATION = "0";
  private static final String SKIP = "1";
  private static final Set<String> REFUSED_STRENGTHS = Set.of("2", "3");
  private static final int FIRST_USER_OID = 16_384;

  /**
   * Types that no expression may have, by PostgreSQL's identifier; columns have rules of their own.
   */
  private static final Map<String, String> REFUSED_TYPES = Map.of("628", "line", "718", "circle");

  private static final Rejection LOCKING =
      Rejection.notSupported(
          "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported");

  /** Refused functions by their object identifier. */
  private final Map<Integer, String> refusedFunctions;

  StatementJudge(Map<Integer, String> refusedFunctions) {
    this.refusedFunctions = refusedFunctions;
  }

  /** Judges the statement by its tree, and by its text where the tree does not tell. */
  Judgement judge(ParseNode query, String sql, boolean syncIndexAllowed) {
    Findings findings = new Findings();
    query.visit(findings::look);
    if (findings.rejection != null || !query.text("commandType").equals(UTILITY)) {
      return findings.judgement(findings.writes ? Effect.WRITE : Effect.NONE);
    }
    ParseNode utility = query.node("utilityStmt");
    Rejection rejection =
        utility.type().equals("INDEXSTMT")
            ? IndexRules.rejection(utility, sql, syncIndexAllowed)
            : UtilityRules.rejection(utility, SqlText.isAsync(sql));
    return findings.withRejection(rejection).judgement(UtilityRules.effect(utility));
  }

  /** What one walk through the tree collects. */
  private final class Findings {

    private final Set<Integer> relations = new HashSet<>();
    private boolean writes;
    private boolean locks;
    private boolean callsUserFunction;
    private boolean skipsLocked;
    private Rejection rejection;

    void look(ParseNode node) {
      switch (node.type()) {
        case "QUERY" -> lookAtQuery(node);
        case "RANGETBLENTRY" -> lookAtRelation(node);
        case "CONST" -> lookAtType(node.text("consttype"));
        case "COERCEVIAIO" -> lookAtType(node.text("resulttype"));
        case "LOCKINGCLAUSE" -> lookAtStrength(node.text("strength"));
        case "FUNCEXPR" -> {
          lookAtFunction(Integer.parseInt(node.text("funcid")));
          lookAtType(node.text("funcresulttype"));
        }
        default -> {}
      }
    }

    private void lookAtQuery(ParseNode query) {
      String command = query.text("commandType");
      writes |= !command.equals(SELECT) && !command.equals(UTILITY);
      if (command.equals(MERGE)) {
        reject(Rejection.notSupported("unsupported statement type: MERGE"));
      }
      List<ParseNode> relationsInRange = query.nodes("rtable");
      for (ParseNode mark : query.nodes("rowMarks")) {
        ParseNode marked = relationsInRange.get(Integer.parseInt(mark.text("rti")) - 1);
        skipsLocked |= mark.text("waitPolicy").equals(SKIP);
        if (marked.text("rtekind").equals(RELATION)) {
          locks = true;
          lookAtStrength(mark.text("strength"));
        }
      }
    }

    private void lookAtRelation(ParseNode relation) {
      if (relation.text("rtekind").equals(RELATION)) {
        int identifier = Integer.parseInt(relation.text("relid"));
        if (identifier >= FIRST_USER_OID) {
          relations.add(identifier);
        }
        if (!relation.isNull("tablesample")) {
          reject(Rejection.notSupported("TABLESAMPLE clause not supported"));
        }
      }
    }

    private void lookAtStrength(String strength) {
      if (REFUSED_STRENGTHS.contains(strength)) {
        reject(LOCKING);
      }
    }

    private void lookAtFunction(int function) {
      callsUserFunction |= function >= FIRST_USER_OID;
      String name = refusedFunctions.get(function);
      if (name != null) {
        reject(Rejection.notSupported("function " + name + " not supported"));
      }
    }

    private void lookAtType(String type) {
      String name = REFUSED_TYPES.get(type);
      if (name != null) {
        reject(Rejection.notSupported("datatype " + name + " not supported"));
      }
    }

    private void reject(Rejection found) {
      if (rejection == null) {
        rejection = found;
      }
    }

    Findings withRejection(Rejection found) {
      if (found != null) {
        reject(found);
      }
      return this;
    }

    Judgement judgement(Effect effect) {
      boolean mayConflict = writes || locks || callsUserFunction;
      return new Judgement(effect, mayConflict, relations, skipsLocked, rejection);
    }
  }
}
