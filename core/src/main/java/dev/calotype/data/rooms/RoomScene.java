package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All there is to know of a room: what is in it, and the one number that fixes everything that varies besides
 * (camera, light, jitter of furniture and colours, sensor noise). Equal scenes give equal pictures.
 *
 * @param attributes a value for every {@link RoomAttribute}
 * @param nuisance seed of the continuous variation; the same number is the same camera, light and jitter whatever the
 *     attributes
 */
public record RoomScene(Map<RoomAttribute, String> attributes, long nuisance) {
    public RoomScene {
        for (RoomAttribute attribute : RoomAttribute.values()) {
            if (!attributes.containsKey(attribute))
                throw new IllegalArgumentException(
                        "a scene needs a value for " + attribute.key() + ", one of " + attribute.choices());
            attribute.index(attributes.get(attribute));
        }
        attributes = Collections.unmodifiableMap(new EnumMap<>(attributes));
    }

    /** A random room: attributes uniform and independent, one nuisance number. */
    public static RoomScene draw(Rng rng) {
        Map<RoomAttribute, String> attributes = new EnumMap<>(RoomAttribute.class);
        for (RoomAttribute attribute : RoomAttribute.values())
            attributes.put(
                    attribute,
                    attribute.choices().get(rng.nextInt(attribute.choices().size())));
        return new RoomScene(attributes, rng.nextLong());
    }

    /**
     * The scene of named values, as {@link dev.calotype.data.Sample#attributes} has them.
     *
     * @throws IllegalArgumentException if a name or value is unknown or an attribute is missing
     */
    public static RoomScene of(Map<String, String> named, long nuisance) {
        Map<RoomAttribute, String> attributes = new EnumMap<>(RoomAttribute.class);
        named.forEach((key, value) -> attributes.put(RoomAttribute.of(key), value));
        return new RoomScene(attributes, nuisance);
    }

    /** The value of one attribute. */
    public String value(RoomAttribute attribute) {
        return attributes.get(attribute);
    }

    /** The position of the value in {@link RoomAttribute#choices}: the label of that attribute's classifier. */
    public int index(RoomAttribute attribute) {
        return attribute.index(value(attribute));
    }

    /** This room with one attribute changed and all else, nuisance included, as it was. */
    public RoomScene with(RoomAttribute attribute, String value) {
        Map<RoomAttribute, String> changed = new EnumMap<>(attributes);
        changed.put(attribute, value);
        return new RoomScene(changed, nuisance);
    }

    /** The attributes by {@link RoomAttribute#key}, in their order. */
    public Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        attributes.forEach((attribute, value) -> named.put(attribute.key(), value));
        return named;
    }

    boolean is(RoomAttribute attribute, String value) {
        attribute.index(value);
        return value(attribute).equals(value);
    }
}
