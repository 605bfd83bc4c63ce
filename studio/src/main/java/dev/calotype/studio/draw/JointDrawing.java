package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Draws the pictures of one work or several side by side, and tells each of its own. What nobody wants any more is left out.
 *
 * @param painter draws for all of them
 */
record JointDrawing(Workshop workshop, Painter painter) {
    /** One picture that is wanted. */
    record Piece(Work.Turn turn, int place) {
        JobRun run() {
            return turn.run();
        }

        PictureWork work() {
            return (PictureWork) turn.work();
        }

        long index() {
            return work().wish().first() + place;
        }
    }

    /** Draws pictures of one model in one way. */
    interface Painter {
        /** How many of what is left are drawn at once, at least 1. */
        int together(List<Piece> left);

        /**
         * The pictures of some pieces.
         *
         * @throws CancellationException if {@code batch} says so
         */
        List<Picture> draw(Batch batch) throws IOException;

        /** The texts of a picture that say which weights drew it, on what and how. */
        Map<String, String> origin(Piece piece);
    }

    /** Pictures that are drawn at once. Painters tell it how far they are; what it throws ends the drawing. */
    static final class Batch {
        private final List<Piece> pieces;
        private String begun; // the first part of the work; null before it

        Batch(List<Piece> pieces) {
            this.pieces = pieces;
        }

        List<Piece> pieces() {
            return pieces;
        }

        /** {@code done} of {@code of} parts of the work for all that is called so are done; what comes second follows all of the first. */
        void at(String what, long done, long of) {
            if (begun == null) begun = what;
            if (what.equals(begun) || runs().stream().allMatch(JobRun::isCancelled)) endIfSoonerAnew(done, of);
            for (JobRun run : runs()) {
                List<Piece> own = own(run);
                if (own.size() == own.get(0).work().wish().count()) run.progress(done, of, what);
                else if (what.equals(begun)) tell(own, done, of, what); // so that it comes about once
            }
        }

        /** The same of steps of the sampler, of which each work is told those of all its pictures. */
        void step(int done, int steps) {
            endIfSoonerAnew(done, steps);
            for (JobRun run : runs()) tell(own(run), done, steps, "steps");
        }

        /** How far a work is over all of its pictures, of which {@code own} are in this batch. */
        private static void tell(List<Piece> own, long done, long of, String unit) {
            Piece first = own.get(0);
            first.run()
                    .progress(
                            first.place * of + done * own.size(),
                            first.work().wish().count() * of,
                            unit);
        }

        private List<Piece> own(JobRun run) {
            return pieces.stream().filter(piece -> piece.run() == run).toList();
        }

        /**
         * Shows pictures to those who look.
         *
         * @param first the place of the first of them; the others follow it
         * @param count how many they are
         */
        void show(int first, int count, int done, int steps, Supplier<List<Picture>> predicted) {
            List<Picture> seen = null;
            for (int i = 0; i < count; i++) {
                Piece piece = pieces.get(first + i);
                if (!piece.work().wish().isShown(done, steps) || !piece.run().isWatched()) continue;
                if (seen == null) seen = predicted.get();
                piece.run().preview(piece.place, PngFile.encode(seen.get(i), Map.of()));
            }
        }

        private List<JobRun> runs() {
            return pieces.stream().map(Piece::run).distinct().toList();
        }

        private void endIfSoonerAnew(long done, long of) {
            long lost =
                    pieces.stream().filter(piece -> piece.run().isCancelled()).count();
            if (isSoonerAnew(done, of, lost, pieces.size() - lost)) throw new CancellationException("cancelled");
        }
    }

    /** Draws them. */
    void draw(List<Work.Turn> turns) throws IOException {
        List<Piece> left = new ArrayList<>();
        for (Work.Turn turn : turns)
            for (int i = 0; i < ((PictureWork) turn.work()).wish().count(); i++) left.add(new Piece(turn, i));
        while (!left.isEmpty()) {
            left.removeIf(piece -> piece.run().isCancelled());
            if (left.isEmpty()) return;
            List<Piece> batch = left.subList(0, Math.min(painter.together(left), left.size()));
            List<Piece> drawn = List.copyOf(batch);
            if (!draw(new Batch(drawn))) continue;
            batch.clear();
            drawn.stream()
                    .map(Piece::turn)
                    .distinct()
                    .filter(turn -> left.stream().noneMatch(piece -> piece.turn == turn))
                    .forEach(turn -> turn.over().run());
        }
    }

    /** Whether it came to its end; otherwise some of it were cancelled, and the rest is to be begun anew, which is sooner done. */
    private boolean draw(Batch batch) throws IOException {
        List<Picture> pictures;
        try {
            pictures = painter.draw(batch);
        } catch (CancellationException e) {
            return false;
        }
        for (int i = 0; i < pictures.size(); i++) {
            Piece piece = batch.pieces.get(i);
            ObjectNode alone = Told.alone(piece.work().asked(), piece.index());
            ObjectNode settings = Told.settings(workshop, piece.work().type(), alone, painter.origin(piece));
            piece.run().result(Told.png(pictures.get(i), settings), "png", settings);
        }
        return true;
    }

    /** Whether it takes less to begin with the others anew after {@code done} steps than to draw those that nobody wants to their end. */
    static boolean isSoonerAnew(long done, long steps, long unwanted, long wanted) {
        return (steps - done) * unwanted > done * wanted;
    }
}
