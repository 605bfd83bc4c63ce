package dev.calotype.restore;

import dev.calotype.diffusion.Clip;
import dev.calotype.image.Resize.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The text form of a {@link Degradation}. */
final class DegradationText {
    private static final double LETTER_HEIGHT = 0.05;

    private static final Map<String, Function<Words, Damage>> OPERATORS = new TreeMap<>(Map.of(
            "none", words -> words.end(0, new Identity()),
            "mask", words -> words.end(1, RandomMask.pixels(words.number(1))),
            "hole", words -> words.end(1, RandomMask.hole(words.whole(1))),
            "text", words -> words.end(1, RandomMask.text(words.has(1) ? words.number(1) : LETTER_HEIGHT)),
            "down", words -> words.end(2, new Resampling(words.whole(1), words.filter(2))),
            "blur", words -> words.end(1, new GaussianBlur(words.number(1))),
            "motion", words -> words.motion()));

    private static final Map<String, Function<Words, Noise>> NOISES = new TreeMap<>(Map.of(
            "gaussian", words -> words.end(2, new GaussianNoise(words.number(1), words.clip(2))),
            "poisson", words -> words.end(1, new PoissonNoise(words.number(1))),
            "salt-pepper", words -> words.end(1, new SaltAndPepper(words.number(1))),
            "jpeg", words -> words.end(2, new JpegNoise(words.whole(1), words.chroma(2)))));

    private DegradationText() {}

    static Degradation parse(String text) {
        List<Damage> operators = new ArrayList<>();
        List<Noise> noises = new ArrayList<>();
        for (String part : text.split("\\+", -1)) {
            Words words = new Words(part, part.strip().split(":", -1));
            String name = words.words[0];
            if (OPERATORS.containsKey(name)) {
                if (!noises.isEmpty())
                    throw new IllegalArgumentException("operators must come before noise: '" + text + "'");
                operators.add(OPERATORS.get(name).apply(words));
            } else if (NOISES.containsKey(name)) {
                noises.add(NOISES.get(name).apply(words));
            } else {
                throw new IllegalArgumentException(
                        "a degradation must be one of " + String.join(", ", OPERATORS.keySet()) + ", "
                                + String.join(", ", NOISES.keySet()) + ", or several joined by +: '" + name + "'");
            }
        }
        operators.removeIf(Identity.class::isInstance);
        return new Degradation(operators, noises);
    }

    /** A number without a needless fraction. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** A part, cut at its colons: the name and what it is given. */
    private record Words(String part, String[] words) {
        boolean has(int i) {
            return i < words.length;
        }

        /** The value, if no more than {@code count} were given. */
        <T> T end(int count, T value) {
            if (words.length > count + 1)
                throw new IllegalArgumentException(
                        "'" + words[0] + "' takes at most " + count + " values: '" + part + "'");
            return value;
        }

        double number(int i) {
            return numeric(i, "a number", Double::valueOf);
        }

        int whole(int i) {
            return numeric(i, "a whole number", Integer::valueOf);
        }

        MotionBlur motion() {
            if (words.length != 3)
                throw new IllegalArgumentException("motion wants LENGTH:DEGREES, such as motion:15:30: '" + part + "'");
            return new MotionBlur(number(1), number(2));
        }

        private <T> T numeric(int i, String what, Function<String, T> read) {
            try {
                if (has(i)) return read.apply(words[i]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "'" + words[0] + "' must be followed by " + what + ": '" + part + "'", e);
            }
            throw new IllegalArgumentException("'" + words[0] + "' must be followed by " + what + ": '" + part + "'");
        }

        Filter filter(int i) {
            if (!has(i)) return Filter.BICUBIC;
            return Arrays.stream(Filter.values())
                    .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(words[i]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the filter must be box, bilinear, bicubic or lanczos: '" + words[i] + "'"));
        }

        JpegNoise.Chroma chroma(int i) {
            if (!has(i) || words[i].equals("halved")) return JpegNoise.Chroma.HALVED;
            if (words[i].equals("full")) return JpegNoise.Chroma.FULL;
            throw new IllegalArgumentException("the chroma of JPEG must be halved or full: '" + words[i] + "'");
        }

        Clip clip(int i) {
            if (!has(i) || words[i].equals("unclipped")) return Clip.NONE;
            if (words[i].equals("clipped")) return Clip.PIXELS;
            throw new IllegalArgumentException("noise must be clipped or unclipped: '" + words[i] + "'");
        }
    }
}
