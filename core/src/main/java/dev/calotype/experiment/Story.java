package dev.calotype.experiment;

import java.util.List;
import java.util.Locale;

/**
 * What a report tells of a kind of model.
 *
 * @param what one or more sentences for a person who has not met the kind, with what its loss means
 * @param worth what its tasks measure at every checkpoint, of which lower is better
 * @param calm a sentence for a training in which nothing went wrong; empty where nothing is watched
 */
public record Story(String what, Worth worth, String calm) {
    /** What the averaged weights are measured by at a checkpoint. */
    public enum Worth {
        /** The loss on images and noise that stay the same. */
        LOSS("validation loss", false),
        /** The FID of images that are always of the same seed. */
        FID("FID", true),
        /** The share of pictures that it names wrongly, of such as it has not learned from. */
        ERROR("share of test images named wrongly", false),
        /** The share of captions whose picture is not the nearest to what is predicted, of such as it has not learned from. */
        MISSED("share of pictures not found by their caption", false);

        private final String title;
        private final boolean scored;

        Worth(String title, boolean scored) {
            this.title = title;
            this.scored = scored;
        }

        /** Whether it is one of the numbers of {@link Milestone#score}, and shown with those. */
        public boolean scored() {
            return scored;
        }

        /** The milestones to show beside their scores: none where it is one of these. */
        public List<Milestone> apart(List<Milestone> milestones) {
            return scored ? List.of() : milestones;
        }

        /** Its name, at the beginning of a sentence. */
        public String heading() {
            return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
        }

        /** Its name, in the middle of a sentence. */
        public String title() {
            return title;
        }
    }
}
