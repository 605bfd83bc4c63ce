package dev.calotype.app.console;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.FiniteNumbers;
import dev.calotype.judge.Judgement;
import java.io.IOException;
import java.util.Map;

/** Results as programs read them: one JSON object, names in snake case, null where a number is none. */
public final class JsonText {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(Judgement.class, new Judged()))
            .build();

    private static final ObjectMapper PLAIN = new ObjectMapper();
    private static final SnakeCaseStrategy SNAKE = new SnakeCaseStrategy();

    private JsonText() {}

    public static String of(Object result) throws JsonProcessingException {
        return JSON.writeValueAsString(FiniteNumbers.of(JSON.valueToTree(result)));
    }

    /** Judgements, whose files have other names than results of commands. */
    private static final class Judged extends JsonSerializer<Judgement> {
        @Override
        public void serialize(Judgement judgement, JsonGenerator out, SerializerProvider serializers)
                throws IOException {
            out.writeTree(named(PLAIN.valueToTree(judgement)));
        }
    }

    /** With names as results of commands have them; those of values that pictures show stay. */
    private static JsonNode named(JsonNode node) {
        if (node.isArray()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            node.forEach(member -> all.add(named(member)));
            return all;
        }
        if (!node.isObject()) return node;
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getKey().equals("shares") ? field.getValue() : named(field.getValue());
            all.set(SNAKE.translate(field.getKey()), value);
        }
        return all;
    }
}
