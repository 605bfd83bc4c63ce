package dev.calotype.data.rooms;

import java.util.List;
import java.util.Locale;

/**
 * The categorical truth of a room. Every attribute is uniform over its {@link #choices} and independent of all
 * others, and every value is visible in every picture, whatever the other attributes are.
 */
public enum RoomAttribute {
    WALL("white", "yellow", "green", "blue", "pink", "brown"),
    FLOOR("light wood", "dark wood", "grey carpet", "checkered tiles"),
    BED_SIZE("single", "double"),
    BED_POSITION("left", "centre", "right"),
    BED_FRAME("white", "oak", "black"),
    BLANKET("red", "orange", "green", "blue", "purple", "black"),
    BLANKET_PATTERN("plain", "striped", "dotted"),
    WINDOW("day", "night", "none"),
    LAMP_SHADE("white", "red", "green", "blue"),
    LAMP("on", "off"),
    PICTURE("none", "round", "square", "triangular"),
    RUG("none", "red", "blue", "green", "white"),
    PLANT("none", "potted");

    private final List<String> values;

    RoomAttribute(String... values) {
        this.values = List.of(values);
    }

    /** What the attribute may be, in a fixed order; the probability of each is {@code 1 / choices().size()}. */
    public List<String> choices() {
        return values;
    }

    /** The name in {@link dev.calotype.data.Sample#attributes}: lower case, words joined by a hyphen. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The position of {@code value} in {@link #choices}.
     *
     * @throws IllegalArgumentException if there is no such value
     */
    public int index(String value) {
        int index = values.indexOf(value);
        if (index < 0) throw new IllegalArgumentException(key() + " must be one of " + values + ": " + value);
        return index;
    }

    /**
     * The attribute of that {@link #key}.
     *
     * @throws IllegalArgumentException if there is no such attribute
     */
    public static RoomAttribute of(String key) {
        for (RoomAttribute attribute : values()) if (attribute.key().equals(key)) return attribute;
        throw new IllegalArgumentException("a room has no attribute " + key + ", it has "
                + java.util.Arrays.stream(values()).map(RoomAttribute::key).toList());
    }
}
