package dev.calotype.kind.rooms;

import dev.calotype.data.Batch;
import dev.calotype.data.Sample;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.judge.Flaw;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.model.AttributeNet;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a judge learns from a batch of rooms: each as it is and damaged, half as many larger ones the same, and half as many
 * pictures that are no rooms. On the processor.
 *
 * @param bands what the network sees, fp32 (N, 13, 32, 32)
 * @param values what the attributes are, as probabilities of all values (N, V): 1 for the true ones of what can be read, equal
 *     ones of what cannot, and 0 where nothing is asked
 * @param flaws the strengths of all flaws, and how much of a room is left (N, F + 1)
 * @param known 1 where {@code flaws} is known, else 0
 */
record Lesson(Tensor bands, Tensor values, Tensor flaws, Tensor known) {
    private static final double UNREADABLE = 0.1; // how much of a room is left where nothing can be read
    private static final double UNSURE = 0.25; // what it weighs that nothing can be read
    private static final int ASKED = Flaw.values().length + 1;

    /** Collects the pictures of one size. */
    private static final class Pictures {
        final List<Tensor> pictures = new ArrayList<>();
        final List<float[]> values = new ArrayList<>();
        final List<Flawed> flaws = new ArrayList<>();

        void add(Flawed flawed, Map<String, String> truth) {
            pictures.add(flawed.picture());
            flaws.add(flawed);
            boolean unreadable = flawed.room() < UNREADABLE;
            float[] row = new float[RoomsJudge.logits()];
            int from = 0;
            for (RoomAttribute attribute : RoomAttribute.values()) {
                int count = attribute.choices().size();
                if (truth != null && flawed.legible()) row[from + attribute.index(truth.get(attribute.key()))] = 1;
                else if (unreadable) for (int i = 0; i < count; i++) row[from + i] = (float) (UNSURE / count);
                from += count;
            }
            values.add(row);
        }

        /** Quantised as whatever is judged. */
        Tensor bands() {
            Tensor all = Tensors.cat(0, pictures.toArray(Tensor[]::new));
            return AttributeNet.bands(Images.ofPixels(Images.toPixels(all)));
        }
    }

    /**
     * @param batch rooms of 32 x 32
     * @param rooms where larger ones are drawn from
     * @param noise the standard deviation of the noise on rooms that count as they are
     */
    static Lesson of(Batch batch, Rooms rooms, double noise, Rng rng) {
        Pictures small = pictures(batch.images(), batch.attributes(), noise, rng);
        List<Tensor> drawn = new ArrayList<>();
        List<Map<String, String>> truths = new ArrayList<>();
        for (int i = 0; i < (batch.count() + 1) / 2; i++) {
            Sample sample = rooms.read(rng.nextLong(rooms.size()));
            drawn.add(Images.toTensor(sample.image()));
            truths.add(sample.attributes());
        }
        Pictures large = pictures(Tensors.cat(0, drawn.toArray(Tensor[]::new)), truths, noise, rng);
        return of(small, large);
    }

    private static Pictures pictures(Tensor rooms, List<Map<String, String>> truths, double noise, Rng rng) {
        Pictures pictures = new Pictures();
        StrangePictures strange = new StrangePictures(rooms, rng);
        for (int i = 0; i < truths.size(); i++) {
            Tensor room = rooms.narrow(0, i, 1);
            Tensor seen = noise == 0 ? room : Tensors.combine(1, room, noise * rng.nextDouble(), rng.normalLike(room));
            pictures.add(Flawed.none(seen), truths.get(i));
            pictures.add(RoomDamage.of(room, rooms, rng), truths.get(i));
            if (i % 2 == 0) pictures.add(strange.next(), null);
        }
        return pictures;
    }

    private static Lesson of(Pictures... sizes) {
        List<Tensor> bands = new ArrayList<>(), values = new ArrayList<>();
        List<Flawed> all = new ArrayList<>();
        for (Pictures size : sizes) {
            bands.add(size.bands());
            for (float[] row : size.values) values.add(Tensors.of(row, 1, row.length));
            all.addAll(size.flaws);
        }
        float[] flaws = new float[all.size() * ASKED], known = new float[flaws.length];
        for (int i = 0; i < flaws.length; i++) {
            Flawed flawed = all.get(i / ASKED);
            double strength = i % ASKED == ASKED - 1 ? flawed.room() : flawed.flaws()[i % ASKED];
            flaws[i] = Double.isNaN(strength) ? 0 : (float) strength;
            known[i] = Double.isNaN(strength) ? 0 : 1;
        }
        return new Lesson(
                Tensors.cat(0, bands.toArray(Tensor[]::new)),
                Tensors.cat(0, values.toArray(Tensor[]::new)),
                Tensors.of(flaws, all.size(), ASKED),
                Tensors.of(known, all.size(), ASKED));
    }

    Lesson on(Device device) {
        return new Lesson(device.move(bands), device.move(values), device.move(flaws), device.move(known));
    }
}
