package dev.calotype.kind.diffusion.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text whose parts weigh more or less than others, in the syntax of AUTOMATIC1111's web UI: {@code (a)} weighs 1.1 times as much,
 * {@code [a]} 1.1 times less, {@code (a:1.3)} 1.3 times as much, and what is nested multiplies. A backslash before a bracket or another
 * backslash makes it a letter; a bracket that nothing closes holds to the end, and one that closes nothing is a letter.
 */
final class Emphasis {
    /** A part of a text, and what it weighs; usual is 1. */
    record Part(String text, double weight) {}

    private static final double FACTOR = 1.1;
    private static final double MOST = 10;
    private static final Pattern NUMBER = Pattern.compile(":\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+))\\s*\\)");

    private final String text;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder letters = new StringBuilder();
    private final Deque<Integer> round = new ArrayDeque<>(), square = new ArrayDeque<>(); // parts that they begin at

    private Emphasis(String text) {
        this.text = text;
    }

    /**
     * The parts of a text, neighbours of the same weight as one; at least one, which may be empty.
     *
     * @throws IllegalArgumentException if a weight is not in -10..10
     */
    static List<Part> parts(String text) {
        return new Emphasis(text).read();
    }

    private List<Part> read() {
        Matcher number = NUMBER.matcher(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && "()[]\\".indexOf(text.charAt(i + 1)) >= 0)
                letters.append(text.charAt(++i));
            else if (c == '(') open(round);
            else if (c == '[') open(square);
            else if (c == ')' && !round.isEmpty()) weigh(round.pop(), FACTOR);
            else if (c == ']' && !square.isEmpty()) weigh(square.pop(), 1 / FACTOR);
            else if (c == ':'
                    && !round.isEmpty()
                    && number.region(i, text.length()).lookingAt()) {
                weigh(round.pop(), Double.parseDouble(number.group(1)));
                i = number.end() - 1;
            } else letters.append(c);
        }
        while (!round.isEmpty()) weigh(round.pop(), FACTOR);
        while (!square.isEmpty()) weigh(square.pop(), 1 / FACTOR);
        end();
        return merged();
    }

    private void open(Deque<Integer> brackets) {
        end();
        brackets.push(parts.size());
    }

    private void end() {
        if (letters.isEmpty()) return;
        parts.add(new Part(letters.toString(), 1));
        letters.setLength(0);
    }

    private void weigh(int from, double factor) {
        end();
        for (int i = from; i < parts.size(); i++) {
            Part part = parts.get(i);
            double weight = part.weight() * factor;
            if (!(Math.abs(weight) <= MOST))
                throw new IllegalArgumentException(
                        "the weight of a part of a text must be in -10..10: " + weight + " of '" + part.text() + "'");
            parts.set(i, new Part(part.text(), weight));
        }
    }

    private List<Part> merged() {
        List<Part> merged = new ArrayList<>();
        for (Part part : parts) {
            Part last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && last.weight() == part.weight())
                merged.set(merged.size() - 1, new Part(last.text() + part.text(), part.weight()));
            else merged.add(part);
        }
        return merged.isEmpty() ? List.of(new Part("", 1)) : merged;
    }
}
