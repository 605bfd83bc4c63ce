package dev.calotype.collective;

/**
 * What rank 0 wants the others to do next.
 *
 * @param what its kind
 * @param text all that is to be known of it
 */
public record Order(String what, String text) {
    /** That the others may go. */
    public static final String END = "end";

    /** Tells the others, who {@link #take} it; where there are none, nothing happens. */
    public static void give(Ranks ranks, String what, String text) {
        if (ranks.several()) ranks.follow(what + "\n" + text);
    }

    /**
     * Waits for what rank 0 wants.
     *
     * @throws LostRanksException if it is lost
     */
    public static Order take(Ranks ranks) {
        String said = ranks.follow("");
        int end = said.indexOf('\n');
        return new Order(said.substring(0, Math.max(0, end)), said.substring(end + 1));
    }
}
