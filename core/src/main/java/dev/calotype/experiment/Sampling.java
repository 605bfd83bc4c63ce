package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** How images are drawn, as one kind of model has it; its text says all that the images depend on. */
public interface Sampling {
    /** Whether an image depends on its start alone, with no noise added on the way. */
    @JsonIgnore
    default boolean isDeterministic() {
        return true;
    }
}
