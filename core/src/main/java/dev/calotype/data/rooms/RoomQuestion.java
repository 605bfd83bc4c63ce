package dev.calotype.data.rooms;

import static dev.calotype.data.rooms.RoomAttribute.BED_FRAME;
import static dev.calotype.data.rooms.RoomAttribute.BED_POSITION;
import static dev.calotype.data.rooms.RoomAttribute.BLANKET;
import static dev.calotype.data.rooms.RoomAttribute.BLANKET_PATTERN;
import static dev.calotype.data.rooms.RoomAttribute.FLOOR;
import static dev.calotype.data.rooms.RoomAttribute.LAMP;
import static dev.calotype.data.rooms.RoomAttribute.LAMP_SHADE;
import static dev.calotype.data.rooms.RoomAttribute.PICTURE;
import static dev.calotype.data.rooms.RoomAttribute.RUG;
import static dev.calotype.data.rooms.RoomAttribute.WALL;

import dev.calotype.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is asked of a picture that was made from words, after T2I-CompBench (Huang et al. 2023): whether two attributes go
 * together as they were told to. Of each two some combinations of values are withheld: no room of {@link Rooms.Split#SEEN} has
 * one, though it has every value of both; every room of {@link Rooms.Split#UNSEEN} has one of each question.
 */
public enum RoomQuestion {
    /** The colours of two things. */
    COLOUR(LAMP_SHADE, RUG, "red/blue", "green/white", "blue/red", "white/green"),
    /** The shape of one thing and the colour of another. */
    SHAPE(PICTURE, BED_FRAME, "round/black", "square/white", "triangular/oak"),
    /** The colour of one thing and the texture of another. */
    TEXTURE(WALL, BLANKET_PATTERN, "yellow/striped", "blue/dotted", "brown/plain"),
    /** The place of a thing and what it stands on. */
    SPATIAL(BED_POSITION, FLOOR, "left/grey carpet", "right/light wood"),
    /** The state of one thing and the colour of another. */
    STATE(LAMP, BLANKET, "on/purple", "off/orange");

    /**
     * Values of the two attributes of a question.
     *
     * @param first of {@link RoomQuestion#first}
     * @param second of {@link RoomQuestion#second}
     */
    public record Combination(String first, String second) {}

    private final RoomAttribute first, second;
    private final List<Combination> withheld;

    RoomQuestion(RoomAttribute first, RoomAttribute second, String... withheld) {
        this.first = first;
        this.second = second;
        this.withheld = Arrays.stream(withheld)
                .map(pair -> pair.split("/"))
                .map(pair -> new Combination(pair[0], pair[1]))
                .toList();
    }

    /** One of the two attributes. */
    public RoomAttribute first() {
        return first;
    }

    /** The other one. */
    public RoomAttribute second() {
        return second;
    }

    /** The combinations that no room to learn from has, where some are withheld. */
    public List<Combination> withheld() {
        return withheld;
    }

    /** Its name in tables, in lower case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a room has a withheld combination. */
    public boolean isWithheld(RoomScene scene) {
        return withheld.contains(new Combination(scene.value(first), scene.value(second)));
    }

    /** A room without any withheld combination: the first such of a stream. */
    static RoomScene seen(Rng rng) {
        RoomScene scene = RoomScene.draw(rng);
        while (anyIsWithheld(scene)) scene = RoomScene.draw(rng);
        return scene;
    }

    private static boolean anyIsWithheld(RoomScene scene) {
        for (RoomQuestion question : values()) if (question.isWithheld(scene)) return true;
        return false;
    }

    /** A room with a withheld combination of every question. */
    static RoomScene unseen(Rng rng) {
        RoomScene scene = RoomScene.draw(rng);
        for (RoomQuestion question : values()) {
            Combination combination = question.withheld.get(rng.nextInt(question.withheld.size()));
            scene = scene.with(question.first, combination.first()).with(question.second, combination.second());
        }
        return scene;
    }
}
