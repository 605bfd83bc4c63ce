package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Several stopping rules that follow the same fit as its watcher: what each would have answered. The fit itself must be
 * one that goes on as long as the last of them. A rule that holds pixels out must be the fit's own.
 */
public final class Jury implements Watcher, AutoCloseable {
    private final Map<String, Choice> choices = new LinkedHashMap<>();

    /** @param observation borrowed as long as this is used */
    public Jury(Map<String, StoppingRule> rules, Observation observation, Rng rng) {
        rules.forEach((name, rule) -> {
            if (rule instanceof HeldOutPixels)
                throw new IllegalArgumentException(name + " holds pixels out, so it must be the rule of the fit");
            choices.put(name, new Choice(rule.start(observation, rng)));
        });
    }

    @Override
    public void see(Frame frame) {
        choices.values().forEach(choice -> choice.judge(frame));
    }

    /** What each rule has chosen, by its name; borrowed. */
    public Map<String, Choice> choices() {
        return Collections.unmodifiableMap(choices);
    }

    @Override
    public void close() {
        choices.values().forEach(Choice::close);
    }
}
