package dev.calotype.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Numbers as JSON knows them: it has neither NaN nor infinity, which Jackson would write as texts. */
public final class FiniteNumbers {
    private FiniteNumbers() {}

    /** A tree in which, from now on, null stands for every number that is none. */
    public static <T extends JsonNode> T of(T tree) {
        if (tree instanceof ObjectNode object)
            for (Map.Entry<String, JsonNode> field : object.properties())
                if (isNone(field.getValue())) field.setValue(NullNode.getInstance());
        if (tree instanceof ArrayNode array)
            for (int i = 0; i < array.size(); i++) if (isNone(array.get(i))) array.setNull(i);
        tree.forEach(FiniteNumbers::of);
        return tree;
    }

    private static boolean isNone(JsonNode node) {
        return node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue());
    }
}
