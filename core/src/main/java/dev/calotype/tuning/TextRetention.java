package dev.calotype.tuning;

import dev.calotype.embedding.Embeddings;
import dev.calotype.embedding.EncodedData;
import dev.calotype.experiment.DataSettings;
import dev.calotype.io.Progress;
import dev.calotype.run.EncoderFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * {@link Retention} of models that are told texts: pipelines of others, chains, and decoders with their priors.
 *
 * @param captions pictures with captions of what the base knew, which none has learned from
 * @param heldOut pictures of the subject that none has learned from
 * @param prompt what is told of the subject where its pictures have no captions; may be blank
 * @param clip what sees how well pictures show what they were told: a run, or files of others
 * @param images drawn of each, at least 4
 * @param side pixels per side of what a pipeline draws; empty for its own
 * @param sampling how pictures are drawn where that is not as each model says, such as {@code guidance}
 * @param placement where models compute; the encoder does so in fp32
 */
public record TextRetention(
        String captions,
        String heldOut,
        String prompt,
        Path clip,
        int images,
        long seed,
        Optional<Integer> side,
        Map<String, String> sampling,
        Placement placement,
        Progress progress) {
    public TextRetention {
        Check.range("images", images, 4, 100_000);
        sampling = Map.copyOf(sampling);
    }

    /**
     * What was measured.
     *
     * @param captions that pictures were drawn of
     * @param unreadable pictures that cannot be read, and were passed over too
     * @param cut captions that are longer than the encoder reads
     */
    public record Measured(List<Retained> models, int captions, int unreadable, int cut) {}

    /**
     * Measures each; the base comes first.
     *
     * @param files the base, and what it works with
     * @throws IOException if something cannot be read, or the subject is told nothing
     * @throws IllegalArgumentException if one is told no texts
     */
    public Measured of(Path base, UnclipFiles files, List<Path> tuned) throws IOException {
        Fellows fellows = new Fellows(base, files, side, sampling, placement);
        List<Path> paths = new ArrayList<>(List.of(base));
        paths.addAll(tuned);
        List<Integer> pixels = new ArrayList<>();
        for (Path path : paths) // before anything is drawn
        try (Speaker speaker = fellows.open(path)) {
                pixels.add(speaker.pixels());
            }
        try (EncoderFile file = EncoderFile.open(clip, new Placement(placement.device(), Precision.FP32))) {
            Reader reader = new Reader(file.encoder(), pixels.get(0), progress);
            EncodedData known = reader.captioned(captions, images), subject = reader.all(heldOut, Retention.HELD_OUT);
            Check.that(subject.samples().size() > 1, "heldOut must have at least 2 pictures that can be read", heldOut);
            List<Optional<Embeddings>> learned = new ArrayList<>();
            for (Path path : paths) {
                Optional<DataSettings> from = fellows.learned(path);
                learned.add(
                        from.isEmpty()
                                ? Optional.empty()
                                : Optional.of(reader.all(from.get().source(), Retention.LEARNED)
                                        .pictures()));
            }
            TextRuler ruler = new TextRuler(file.encoder(), known, subject.pictures(), inTurn(asked(subject)), seed);
            List<Retained> rows = new ArrayList<>();
            for (Path path : paths)
                try (Speaker speaker = fellows.open(path)) {
                    Optional<Embeddings> own = learned.get(rows.size());
                    rows.add(ruler.of(speaker, path.toString(), fellows.past(path), own, progress));
                }
            int unreadable = known.unreadable().size() + subject.unreadable().size();
            return new Measured(rows, ruler.captions().size(), unreadable, ruler.cut());
        }
    }

    /** The texts of so many pictures of the subject, each in turn. */
    private List<String> inTurn(List<String> texts) {
        return IntStream.range(0, images)
                .mapToObj(i -> texts.get(i % texts.size()))
                .toList();
    }

    private List<String> asked(EncodedData subject) throws IOException {
        List<String> texts = subject.samples().stream()
                .map(sample -> sample.caption().isBlank() ? prompt : sample.caption())
                .toList();
        long silent = texts.stream().filter(String::isBlank).count();
        if (silent > 0)
            throw new IOException(
                    silent + " of the " + texts.size() + " pictures of " + heldOut
                            + " have no caption: put a .txt file beside each, or say `prompt`, which is told of all that have none");
        return texts;
    }
}
