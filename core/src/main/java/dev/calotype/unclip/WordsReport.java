package dev.calotype.unclip;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.data.Selected;
import dev.calotype.embedding.ClipScore;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.Belonging.Foreign;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.judge.Composition;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.PictureSource;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * How well pictures show what captions say, one picture for each caption of a data set.
 *
 * @param model the decoder
 * @param captions the data set
 * @param pictures how many
 * @param withoutCaption samples of the data set that were passed over
 * @param unreadable samples that could not be read, and were passed over too
 * @param cut captions that are longer than the text encoder reads
 * @param composition what of a room is as it was told; null of other data
 * @param clipScore mean of 100 max(0, likeness) of each picture and its caption, by the encoder of the model itself
 * @param judgement the pictures against those of the data set
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WordsReport(
        String model,
        String captions,
        int pictures,
        int withoutCaption,
        int unreadable,
        int cut,
        Composition composition,
        double clipScore,
        Judgement judgement) {
    /** Pictures below which nothing can be compared. */
    public static final int FEWEST = 4;

    private static final int AT_ONCE = 32;

    /** What is drawn: the captions of a data set with what is known of their pictures. */
    private record Told(List<String> captions, List<Map<String, String>> attributes, int without, int unreadable) {
        static Told of(ImageDataset data, int most) throws IOException {
            List<String> captions = new ArrayList<>();
            List<Map<String, String>> attributes = new ArrayList<>();
            int without = 0, unreadable = 0;
            PrimitiveIterator.OfLong places = Selected.spread(data.size(), most).iterator();
            while (captions.size() < most && places.hasNext()) {
                Sample sample;
                try {
                    sample = data.read(places.nextLong());
                } catch (IOException e) {
                    unreadable++;
                    continue;
                }
                if (sample.caption().isBlank()) {
                    without++;
                    continue;
                }
                captions.add(sample.caption());
                attributes.add(sample.attributes());
            }
            if (captions.isEmpty())
                throw new IOException(data.name() + " has no captions to draw pictures of"
                        + (unreadable == 0 ? "" : ": " + unreadable + " of its pictures cannot be read"));
            return new Told(captions, attributes, without, unreadable);
        }
    }

    /**
     * Draws and judges.
     *
     * @param how the decoder draws
     * @param data captions and real pictures, borrowed
     * @param most captions at most
     * @param network what compares the pictures with real ones, borrowed
     * @throws IOException if the data set cannot be read, or has no captions
     */
    public static WordsReport of(
            Unclip model, Request how, ImageDataset data, int most, FeatureNetwork network, Progress progress)
            throws IOException {
        Told told = Told.of(data, most);
        int count = told.captions.size();
        Drawing drawing = model.drawing(how, told.captions);
        WordsReport[] report = new WordsReport[1];
        Scope.run(() -> {
            Tensor images = Tensors.inParts(count, AT_ONCE, (from, size) -> {
                Tensor some = drawing.images(from, size).cpu(); // (n, C, H, W)
                progress.at("drawing", from + size, count);
                return some;
            }); // (N, C, H, W)
            report[0] = new WordsReport(
                    model.decoding().name(),
                    data.name(),
                    count,
                    told.without,
                    told.unreadable,
                    model.cut(told.captions),
                    composition(network, told, images),
                    clipScore(model.encoder(), told.captions, images),
                    judged(drawing, images, data, network, progress));
        });
        return report[0];
    }

    private static Composition composition(FeatureNetwork network, Told told, Tensor images) {
        boolean rooms = told.attributes.stream().noneMatch(Map::isEmpty);
        if (!rooms || !(network instanceof RoomsJudge judge)) return null;
        return Composition.of(judge, told.attributes, Images.toPixels(images));
    }

    private static double clipScore(Encoder encoder, List<String> captions, Tensor images) {
        List<Picture> pictures = Images.pictures(images);
        return Scope.read(() -> ClipScore.of(encoder.pictures(pictures), encoder.texts(captions)));
    }

    private static Judgement judged(
            Drawing drawing, Tensor images, ImageDataset data, FeatureNetwork network, Progress progress) {
        Drawing drawn = Drawing.of(
                drawing.name(), drawing.seed(), drawing.data(), (first, count) -> images.narrow(0, first, count)
                        .clone());
        EvaluationProtocol usual = EvaluationProtocol.standard();
        EvaluationProtocol protocol =
                new EvaluationProtocol(usual.neighbours(), usual.capacity(), usual.seed(), SmallSets.ALLOW);
        Set<Measure> measures = EnumSet.of(Measure.FID, Measure.KID, Measure.PR, Measure.ROOM, Measure.DIVERSITY);
        Preparation preparation = drawing.data().preparation().plain();
        long count = images.size(0);
        Judge.Plan plan = new Judge.Plan(preparation, count, count, measures, null, Judge.PairSize.PREPARED);
        return new Judge(network, protocol, Foreign.ALLOW, progress)
                .compare(new PictureSource.Drawn(drawn), new PictureSource.Stored(data), plan);
    }
}
