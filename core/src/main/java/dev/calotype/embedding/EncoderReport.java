package dev.calotype.embedding;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How good an encoder is on pictures whose captions, classes or attributes are known.
 *
 * @param data where the pictures come from
 * @param encoder its hash
 * @param retrieval how well pictures and captions find each other; null where fewer than two have a caption
 * @param clipScore a hundred times the mean likeness of a picture and its caption, 0 where it is negative; null likewise
 * @param classes the share whose class is told by its name; null where there are no classes, or they are told as attributes
 * @param attributes the share of each attribute that is told by sentences; empty where none are known
 * @param withoutCaption pictures without a caption, which are not among the pairs
 * @param cut captions that were longer than the text encoder reads
 * @param unreadable pictures that could not be read
 */
public record EncoderReport(
        String data,
        String encoder,
        int pictures,
        Retrieval retrieval,
        Double clipScore,
        Double classes,
        Map<String, Double> attributes,
        int withoutCaption,
        int cut,
        int unreadable) {
    /**
     * Measures on pictures of a data set, spread evenly over it.
     *
     * @param most pictures at most
     * @throws IOException if none can be read
     */
    public static EncoderReport of(Encoder encoder, ImageDataset data, long most, Progress progress)
            throws IOException {
        EncodedData encoded = EncodedData.of(encoder, Selected.spread(data, most), most, sample -> true, progress);
        List<Integer> captioned = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < encoded.samples().size(); i++) {
            String caption = encoded.samples().get(i).caption();
            if (caption.isBlank()) continue;
            captioned.add(i);
            captions.add(caption);
        }
        Map<String, Double> attributes = attributes(encoder, encoded, progress);
        boolean pairs = captions.size() > 1;
        Matches matches = pairs ? Matches.of(encoder, encoded, captioned, captions) : Matches.NONE;
        return new EncoderReport(
                data.name(),
                encoder.hash(),
                encoded.samples().size(),
                matches.retrieval,
                matches.clipScore,
                attributes.isEmpty() ? classes(encoder, encoded, data.classes()) : null,
                attributes,
                encoded.samples().size() - captions.size(),
                pairs ? encoder.tokens(captions).cut() : 0,
                encoded.unreadable().size());
    }

    private static Tensor rows(EncodedData encoded, List<Integer> indices) {
        Embeddings all = encoded.pictures();
        float[] values = new float[indices.size() * all.length()];
        for (int i = 0; i < indices.size(); i++)
            System.arraycopy(all.values(), indices.get(i) * all.length(), values, i * all.length(), all.length());
        return new Embeddings(indices.stream().map(all.names()::get).toList(), values, all.length(), all.encoder())
                .vectors();
    }

    /** How pictures and captions match; nulls where there are no pairs. */
    private record Matches(Retrieval retrieval, Double clipScore) {
        static final Matches NONE = new Matches(null, null);

        static Matches of(Encoder encoder, EncodedData encoded, List<Integer> captioned, List<String> captions) {
            return Scope.read(() -> {
                Tensor pictures = rows(encoded, captioned), texts = encoder.texts(captions); // (N, E)
                return new Matches(Retrieval.of(pictures, texts), ClipScore.of(pictures, texts));
            });
        }
    }

    private static Double classes(Encoder encoder, EncodedData encoded, List<String> names) {
        if (names.size() < 2) return null;
        int[] best = Scope.read(
                () -> ZeroShot.named(encoder, names).best(encoded.pictures().vectors()));
        int right = 0, known = 0;
        for (int i = 0; i < best.length; i++) {
            int label = encoded.samples().get(i).label();
            if (label == Sample.UNLABELLED) continue;
            known++;
            if (best[i] == label) right++;
        }
        return known == 0 ? null : (double) right / known;
    }

    private static Map<String, Double> attributes(Encoder encoder, EncodedData encoded, Progress progress) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (RoomAttribute attribute : RoomAttribute.values()) {
            if (!encoded.samples().stream().allMatch(s -> s.attributes().containsKey(attribute.key()))) continue;
            progress.at("telling attributes", attribute.ordinal(), RoomAttribute.values().length);
            int[] best = Scope.read(() ->
                    RoomPrompts.of(encoder, attribute).best(encoded.pictures().vectors()));
            int right = 0;
            for (int i = 0; i < best.length; i++)
                if (attribute
                        .choices()
                        .get(best[i])
                        .equals(encoded.samples().get(i).attributes().get(attribute.key()))) right++;
            shares.put(attribute.key(), (double) right / best.length);
        }
        return shares;
    }

    /** The mean of {@link #attributes}; NaN where there are none. */
    public double meanAttribute() {
        return attributes.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }
}
