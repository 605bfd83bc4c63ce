package dev.calotype.data.moving;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What happens in a clip. Two and two are each other played backwards. */
public enum Motion {
    PAN_LEFT(Mover.CAMERA_ACROSS, -1, "the camera pans to the left"),
    PAN_RIGHT(Mover.CAMERA_ACROSS, 1, "the camera pans to the right"),
    PAN_UP(Mover.CAMERA_ALONG, -1, "the camera pans up"),
    PAN_DOWN(Mover.CAMERA_ALONG, 1, "the camera pans down"),
    ENTER(Mover.BOX, 1, "a box comes out of the door"),
    LEAVE(Mover.BOX, -1, "a box goes through the door"),
    LAMP_ON(Mover.LAMP, 1, "the lamp is switched on"),
    LAMP_OFF(Mover.LAMP, -1, "the lamp is switched off"),
    BALL_LEFT(Mover.BALL_ACROSS, -1, "the ball bounces to the left"),
    BALL_RIGHT(Mover.BALL_ACROSS, 1, "the ball bounces to the right"),
    BALL_UP(Mover.BALL_ALONG, -1, "the ball flies up"),
    BALL_DOWN(Mover.BALL_ALONG, 1, "the ball flies down");

    /** What moves, along x (across) or y (along), which points down. */
    enum Mover {
        CAMERA_ACROSS,
        CAMERA_ALONG,
        BOX,
        LAMP,
        BALL_ACROSS,
        BALL_ALONG
    }

    private final Mover mover;
    private final int direction;
    private final String sentence;

    Motion(Mover mover, int direction, String sentence) {
        this.mover = mover;
        this.direction = direction;
        this.sentence = sentence;
    }

    Mover mover() {
        return mover;
    }

    /** 1, or -1 for the same played backwards. */
    int direction() {
        return direction;
    }

    /** What happens, in English. */
    public String sentence() {
        return sentence;
    }

    /** What happens when the clip is played backwards. */
    public Motion reversed() {
        return values()[ordinal() ^ 1];
    }

    /** The name of its class, in kebab case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Motion::key).toList();
    }
}
