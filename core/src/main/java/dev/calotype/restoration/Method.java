package dev.calotype.restoration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.StoppingRule;
import java.io.IOException;
import java.util.Map;

/** A way to restore, under a name of its own: its kind, its settings as people write them, and what they mean. */
public final class Method {
    static final String SECONDS = "seconds", ITERATIONS = "iterations";

    private final String label;
    private final String kind;
    private final ObjectNode settings;
    private final MethodSettings work;

    /** @param settings every key of the kind, with seconds and iterations */
    Method(String label, String kind, ObjectNode settings, MethodSettings work) {
        this.label = label;
        this.kind = kind;
        this.settings = settings;
        this.work = work;
    }

    /** What it is called in tables. */
    public String label() {
        return label;
    }

    /** One of {@link Methods#kinds}. */
    public String kind() {
        return kind;
    }

    /**
     * The restorer for one observation.
     *
     * @throws IOException if its weights cannot be read
     * @throws IllegalArgumentException if the equipment lacks what it needs
     */
    public Restorer restorer(Equipment equipment, Observation observation) throws IOException {
        return work.restorer(equipment, observation);
    }

    /** Rules that are to say what they would have answered in its fit, by name. */
    public Map<String, StoppingRule> jury(Observation observation) {
        return work.jury(observation);
    }

    /** What decides about its results, as a text. */
    public String content() {
        return kind + " " + settings;
    }

    /** What of the equipment decides about its results, as a text. */
    public String uses(Equipment.Sources sources) {
        String all = sources.device() + " " + sources.precision();
        if (work.wants().contains(MethodSettings.Want.PRIOR)) all += " prior " + sources.prior();
        if (work.wants().contains(MethodSettings.Want.DNCNN)) all += " dncnn " + sources.dncnn();
        if (work.wants().contains(MethodSettings.Want.DENOISER)) all += " denoiser " + sources.denoiser();
        return all;
    }

    /**
     * Opens what it wants and what was given, so that a wrong name is told before the first picture.
     *
     * @throws IOException if something given cannot be read
     * @throws IllegalArgumentException if the equipment lacks something, or has something that is of no use for it
     */
    void require(Equipment equipment) throws IOException {
        for (MethodSettings.Want want : MethodSettings.Want.values()) {
            boolean wanted = work.wants().contains(want);
            if (equipment.isGiven(want) && !wanted && !isAutomatic())
                throw new IllegalArgumentException("`" + want.option() + "` is of no use for the method " + kind
                        + ": leave it out, or take another `method`");
            if (equipment.isGiven(want) || wanted && !isAutomatic()) equipment.require(want);
        }
    }

    /** How many pixels it takes at once in bounded memory. */
    long pixelsAtOnce() {
        return work.pixelsAtOnce();
    }

    boolean isQuick() {
        return work.effort() == MethodSettings.Effort.QUICK;
    }

    /** Whether it fits a network whose width is left to the time. */
    boolean isOpen() {
        return work instanceof DipSettings dip && dip.isOpen();
    }

    /** The same with a network of this width. */
    Method wide(int width) {
        return Methods.changed(this, settings, "width", width);
    }

    boolean isAutomatic() {
        return work instanceof Baselines.Auto;
    }

    /** Its own budget where it has one. */
    public Budget budget(Budget common) {
        double seconds = settings.get(SECONDS).asDouble();
        int iterations = settings.get(ITERATIONS).asInt();
        return new Budget(
                seconds == 0 ? common.seconds() : seconds, iterations == 0 ? common.iterations() : iterations);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Method m && label.equals(m.label) && content().equals(m.content());
    }

    @Override
    public int hashCode() {
        return 31 * label.hashCode() + content().hashCode();
    }

    @Override
    public String toString() {
        return label;
    }
}
