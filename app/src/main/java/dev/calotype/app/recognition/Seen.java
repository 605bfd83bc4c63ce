package dev.calotype.app.recognition;

import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.drawing.AttentionPicture;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.model.PictureClassifier;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a classifier sees of a file: one picture, or the pictures of a clip.
 *
 * @param pictures squares of the size that it wants
 */
public record Seen(List<Picture> pictures) {
    /**
     * Reads a file.
     *
     * @throws IOException if it is no picture or, for a classifier of clips, no video
     */
    public static Seen of(Path file, PictureClassifier classifier) throws IOException {
        Preparation preparation = new Preparation(classifier.size(), classifier.channels(), Preparation.Flip.NONE);
        List<Picture> seen = new ArrayList<>();
        for (Picture picture : found(file, classifier)) seen.add(preparation.apply(picture, Rng.of(0)));
        return new Seen(seen);
    }

    private static List<Picture> found(Path file, PictureClassifier classifier) throws IOException {
        int channels = classifier.channels();
        if (classifier.frames() == 1) return List.of(ImageFiles.decode(file, channels));
        ClipSettings clip = new ClipSettings(classifier.frames(), 0, ClipSettings.Sampling.EVEN);
        try (ImageDataset clips =
                DataSource.open(file.toString(), ReadOptions.channels(channels).withClip(clip))) {
            if (clips.size() != 1) throw new IOException(file + " holds " + clips.size() + " videos: name one of them");
            return clips.read(0).pictures();
        }
    }

    /** Its pixels: uint8 (1, C, H, W), of a clip (1, T, C, H, W), in the caller's scope. */
    public Tensor pixels() {
        Tensor[] all = pictures.stream()
                .map(p -> Tensors.of(Images.planar(p), p.channels(), p.height(), p.width()))
                .toArray(Tensor[]::new);
        return all.length == 1 ? all[0].unsqueeze(0) : Tensors.stack(0, all).unsqueeze(0);
    }

    /** Where a classifier looks, if it attends at all. */
    public Optional<Picture> attention(PictureClassifier classifier) {
        Picture[] drawn = new Picture[1];
        Scope.run(() -> classifier.attention(pixels()).ifPresent(map -> drawn[0] = drawn(classifier, map)));
        return Optional.ofNullable(drawn[0]);
    }

    private Picture drawn(PictureClassifier classifier, Tensor map) {
        int rows = (int) map.size(map.dim() - 2), columns = (int) map.size(map.dim() - 1);
        float[] shares = Tensors.floats(map);
        if (map.dim() == 3) return AttentionPicture.of(pictures.get(0), shares, rows, columns);
        List<Picture> shown =
                Arrays.stream(classifier.shown()).mapToObj(pictures::get).toList();
        return AttentionPicture.of(shown, shares, rows, columns);
    }
}
