package dev.calotype.tuning;

import dev.calotype.data.rooms.Guests;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Sampling;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures that were drawn or read, as far as they are measured.
 *
 * @param features fp32 (N, D), in the caller's scope
 * @param guests how many show the guest of rooms
 * @param asRooms how many have the blanket that was asked for; -1 where nobody can tell
 */
record Drawn(Tensor features, int guests, int asRooms) {
    private static final int BATCH = 50;
    private static final int BLANKET = RoomAttribute.BLANKET.ordinal();

    /**
     * Draws.
     *
     * @param sampling how
     * @param labels what each picture is asked to be; {@link Request#ANY} where nothing is
     */
    static Drawn of(DrawsImages model, FeatureNetwork network, Sampling sampling, long seed, int[] labels) {
        Counter counter = new Counter(network);
        List<Integer> different = Arrays.stream(labels).distinct().boxed().toList();
        for (int label : different) {
            int count =
                    (int) Arrays.stream(labels).filter(each -> each == label).count();
            Drawing drawing = model.drawing(new Request(sampling, seed + label, label));
            for (int first = 0; first < count; first += BATCH) {
                int from = first, size = Math.min(BATCH, count - first);
                try (PointerScope scope = new PointerScope()) {
                    Tensor images = drawing.images(from, size);
                    counter.add(Images.toPixels(images), Images.pictures(images), label);
                }
            }
        }
        return counter.drawn();
    }

    FeatureStatistics statistics() {
        FeatureStatistics statistics = new FeatureStatistics((int) features.size(1));
        statistics.add(features);
        return statistics;
    }

    double shareOfGuests() {
        return (double) guests / features.size(0);
    }

    /** Adds up batch by batch. */
    static final class Counter {
        private final FeatureNetwork network;
        private final List<Tensor> features = new ArrayList<>();
        private int guests, asRooms;

        Counter(FeatureNetwork network) {
            this.network = network;
        }

        void add(Tensor pixels, List<Picture> pictures, int label) {
            features.add(Scope.keep(() -> network.features(pixels)));
            guests += (int) pictures.stream()
                    .filter(picture -> picture.channels() == 3 && Guests.shows(picture))
                    .count();
            if (!(network instanceof RoomsJudge judge)) {
                asRooms = -1;
                return;
            }
            for (int[] read : judge.read(pixels).attributes()) if (read[BLANKET] == label) asRooms++;
        }

        Drawn drawn() {
            Tensor all = Tensors.cat(0, features.toArray(Tensor[]::new));
            features.forEach(Tensor::close);
            return new Drawn(all, guests, asRooms);
        }
    }
}
