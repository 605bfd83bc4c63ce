package dev.calotype.data.parquet;

import dev.calotype.data.parquet.ParquetColumn.Kind;
import dev.calotype.data.parquet.ThriftReader.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes columns of the tree of elements that a footer lists from the root downwards. */
final class Schema {
    private static final int MAX_DEPTH = 64;
    private static final int TRUTH = 0, INT32 = 1, INT64 = 2, BYTES = 6;
    private static final int REQUIRED = 0, REPEATED = 2;
    private static final int UTF8 = 0, ENUM = 4, DECIMAL = 5, JSON = 19;
    private static final int STRING_TYPE = 1, ENUM_TYPE = 4, JSON_TYPE = 12;

    private final List<Element> elements = new ArrayList<>();
    private final List<ParquetColumn> columns = new ArrayList<>();
    private int next;

    /** One line of the tree; {@code type} is that of values, or -1 for a group. */
    private record Element(String name, int type, int repetition, int children, boolean text, boolean decimal) {}

    void add(Value value) throws IOException {
        int[] numbers = {-1, REQUIRED, 0};
        boolean[] is = new boolean[2];
        String[] name = {""};
        value.struct((id, field) -> {
            switch (id) {
                case 1 -> numbers[0] = field.small();
                case 3 -> numbers[1] = field.small();
                case 4 -> name[0] = field.text();
                case 5 -> numbers[2] = field.small();
                case 6 -> {
                    int converted = field.small();
                    is[0] |= converted == UTF8 || converted == ENUM || converted == JSON;
                    is[1] |= converted == DECIMAL;
                }
                case 10 ->
                    field.struct((logical, inner) -> {
                        is[0] |= logical == STRING_TYPE || logical == ENUM_TYPE || logical == JSON_TYPE;
                        return false;
                    });
                default -> {
                    return false;
                }
            }
            return true;
        });
        elements.add(new Element(name[0], numbers[0], numbers[1], numbers[2], is[0], is[1]));
    }

    /** The columns in order. */
    List<ParquetColumn> columns() throws IOException {
        if (elements.isEmpty()) throw new IOException("it has no schema");
        Element root = elements.get(next++);
        for (int i = 0; i < root.children; i++) walk(List.of(), 0, 0);
        return List.copyOf(columns);
    }

    private void walk(List<String> groups, int optional, int repeated) throws IOException {
        if (next >= elements.size() || groups.size() > MAX_DEPTH)
            throw new IOException("its schema claims more columns than it names");
        Element element = elements.get(next++);
        List<String> path = new ArrayList<>(groups);
        path.add(element.name);
        int absent = optional + (element.repetition == REQUIRED ? 0 : 1);
        int lists = repeated + (element.repetition == REPEATED ? 1 : 0);
        if (element.type < 0) {
            for (int i = 0; i < element.children; i++) walk(path, absent, lists);
            return;
        }
        columns.add(new ParquetColumn(List.copyOf(path), kind(element), columns.size(), absent, lists));
    }

    private static Kind kind(Element element) {
        return switch (element.type) {
            case TRUTH -> Kind.TRUTH;
            case INT32, INT64 -> element.decimal ? Kind.OTHER_NUMBER : Kind.WHOLE_NUMBER;
            case BYTES -> element.text ? Kind.TEXT : element.decimal ? Kind.OTHER_NUMBER : Kind.BYTES;
            default -> Kind.OTHER_NUMBER;
        };
    }
}
