package dev.calotype.app.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.calotype.io.FiniteNumbers;

/** Results as programs read them: one JSON object, names in snake case, null where a number is none. */
public final class JsonText {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private JsonText() {}

    public static String of(Object result) throws JsonProcessingException {
        return JSON.writeValueAsString(FiniteNumbers.of(JSON.valueToTree(result)));
    }
}
