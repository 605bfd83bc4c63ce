package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code room}: how much of a room the generated pictures are on average, 0..1, in the eyes of {@link RoomsJudge}. */
record RoomScorer() implements Scorer {
    private static final double NOTHING = 0.1;
    private static final double LITTLE = 0.5;

    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        if (!(sight.judge().network() instanceof RoomsJudge rooms)) return Scores.NONE;
        double room = rooms.room(sight.fake().features().statistics().mean());
        String found = Scorer.format("%.0f %% of a room is found in them on average", 100 * room);
        if (room < NOTHING) sight.caveats().add("These pictures are nothing like rooms: " + found + ".");
        else if (room < LITTLE) sight.caveats().add("These pictures are hardly rooms: " + found + ".");
        return Scores.NONE.with("room", room);
    }

    @Override
    public List<Score> columns() {
        return List.of(Score.of("room", "of a room", Score.Better.HIGHER, "room"));
    }

    @Override
    public String words(Scores scores) {
        return scores.has("room") ? Scorer.format("%.1f %% of a room", 100 * scores.number("room")) : "";
    }

    @Override
    public Map<String, String> facts(Scores scores) {
        if (!scores.has("room")) return Map.of();
        return Map.of("How much of a room", Scorer.format("%.1f %%", 100 * scores.number("room")));
    }
}
