package dev.calotype.data.rooms;

import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * English for a scene: three to seven short sentences, at most about 70 words, that tell every attribute. Wording and
 * order vary with the scene's nuisance number, so the same scene has always the same caption.
 */
public final class RoomCaption {
    private final RoomScene scene;
    private final Rng rng;

    private RoomCaption(RoomScene scene) {
        this.scene = scene;
        rng = Nuisance.stream(scene, 103);
    }

    /** The caption of that scene. */
    public static String of(RoomScene scene) {
        return new RoomCaption(scene).text();
    }

    private String text() {
        List<String> details = new ArrayList<>(List.of(bed(), lamp()));
        List<String> missing = new ArrayList<>();
        tell(RoomAttribute.WINDOW, window(), details, missing);
        tell(RoomAttribute.PICTURE, picture(), details, missing);
        tell(RoomAttribute.RUG, rug(), details, missing);
        tell(RoomAttribute.PLANT, plant(), details, missing);
        if (!missing.isEmpty()) details.add(missing(missing));
        StringBuilder text = new StringBuilder(opening());
        while (!details.isEmpty())
            text.append(' ').append(details.remove(rng.nextInt(details.size()))).append('.');
        return text.toString();
    }

    private void tell(RoomAttribute attribute, String sentence, List<String> details, List<String> missing) {
        if (scene.is(attribute, "none")) missing.add(attribute.key());
        else details.add(sentence);
    }

    private String opening() {
        String room = any("A bedroom", "A photo of a bedroom", "A view of a bedroom", "The picture shows a bedroom");
        String floor =
                switch (scene.value(RoomAttribute.FLOOR)) {
                    case "light wood", "dark wood" -> "a " + scene.value(RoomAttribute.FLOOR) + " floor";
                    case "grey carpet" -> "a grey carpet";
                    default -> scene.value(RoomAttribute.FLOOR);
                };
        String walls = scene.value(RoomAttribute.WALL) + " walls";
        return any(
                room + " with " + walls + " and " + floor + ".",
                room + " with " + floor + " and " + walls + ".",
                room + ", " + walls + ", " + floor + ".");
    }

    private String bed() {
        String size = scene.value(RoomAttribute.BED_SIZE);
        String frame = an(scene.value(RoomAttribute.BED_FRAME)) + " frame";
        String colour = scene.value(RoomAttribute.BLANKET);
        String pattern = scene.value(RoomAttribute.BLANKET_PATTERN);
        String place = scene.value(RoomAttribute.BED_POSITION);
        String where = (place.equals("centre") ? "in the " : "on the ") + place;
        return any(
                "A " + size + " bed with " + frame + " and " + an(pattern) + " " + colour + " blanket stands " + where,
                "The bed " + where + " is a " + size + " bed with " + frame + ", its blanket is " + colour + " and "
                        + pattern,
                capital(where) + " there is a " + size + " bed with " + frame + " under " + an(pattern) + " " + colour
                        + " blanket");
    }

    private String lamp() {
        String colour = scene.value(RoomAttribute.LAMP_SHADE);
        String state = scene.value(RoomAttribute.LAMP);
        return any(
                "The " + colour + " lamp is " + state,
                "The bedside lamp with " + an(colour) + " shade is " + state,
                "The lamp is " + state + " and has " + an(colour) + " shade");
    }

    private String window() {
        String time = scene.value(RoomAttribute.WINDOW);
        return any("It is " + time + " outside the window", "Through the window it is " + time);
    }

    private String picture() {
        String shape = scene.value(RoomAttribute.PICTURE);
        return any("A " + shape + " picture hangs over the bed", "The picture on the wall is " + shape);
    }

    private String rug() {
        String colour = scene.value(RoomAttribute.RUG);
        return any("A " + colour + " rug lies under the bed", "The rug is " + colour);
    }

    private String plant() {
        return any("A potted plant stands by the wall", "There is a potted plant");
    }

    private String missing(List<String> things) {
        StringBuilder text = new StringBuilder(any("There is", "The room has"));
        for (int i = 0; i < things.size(); i++)
            text.append(i == 0 ? " no " : i < things.size() - 1 ? ", no " : " and no ")
                    .append(things.get(i));
        return text.toString();
    }

    private String any(String... phrases) {
        return phrases[rng.nextInt(phrases.length)];
    }

    private static String an(String word) {
        return ("aeiou".indexOf(word.charAt(0)) < 0 ? "a " : "an ") + word;
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
