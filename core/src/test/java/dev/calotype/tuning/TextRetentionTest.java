package dev.calotype.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.MadePipeline;
import dev.calotype.run.Adapters;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.train.adapt.Adaptation.Method;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny pipeline, in the eyes of a tiny CLIP. */
@Tag("slow")
class TextRetentionTest extends InScope {
    private static final Path CLIP = Path.of("src/test/resources/clip/hf-clip");
    private static final String WORDS =
            """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "unk_token": "?",
             "vocab": {"?": 0, "a": 1, "red": 2, "gem": 3, "bed": 4}}}
            """;

    @TempDir
    private Path folder;

    private Path base, clip;

    @BeforeEach
    void make() throws IOException {
        base = folder.resolve("sd1");
        MadePipeline.write("sd1_ddim", base);
        clip = Files.createDirectory(folder.resolve("clip"));
        for (String name : List.of("config.json", "model.safetensors"))
            Files.copy(CLIP.resolve(name), clip.resolve(name));
        Files.writeString(clip.resolve("tokenizer.json"), WORDS);
        pictures("beds", "a bed");
        pictures("gems", "a red gem");
        pictures("held", "");
    }

    private void pictures(String name, String caption) throws IOException {
        Path to = Files.createDirectory(folder.resolve(name));
        for (int i = 0; i < 4; i++) {
            byte[] pixels = new byte[3 * 20 * 24];
            Rng rng = Rng.of(name.hashCode() + i);
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) rng.nextInt(256);
            PngFile.write(to.resolve(i + ".png"), new Picture(20, 24, 3, pixels));
            if (!caption.isEmpty()) Files.writeString(to.resolve(i + ".txt"), caption);
        }
    }

    private Path tuned() throws IOException {
        List<String> brief = List.of(
                "training.steps=2",
                "training.batch=2",
                "training.workers=1",
                "training.precision=fp32",
                "training.learningRate=0.02",
                "training.ema=[0.5]");
        String gems = folder.resolve("gems").toString();
        Experiment recipe = TextPipelines.installed().tuning(base, gems, Method.LORA, brief);
        return Training.start(recipe, folder, TrainingObserver.SILENT).run().root();
    }

    private TextRetention.Measured measured(String captions, String prompt, Path... tuned) throws IOException {
        return new TextRetention(
                        folder.resolve(captions).toString(),
                        folder.resolve("held").toString(),
                        prompt,
                        clip,
                        4,
                        3,
                        Optional.of(16),
                        Map.of("steps", "2"),
                        new Placement(Device.CPU, Precision.FP32),
                        Progress.SILENT)
                .of(base, UnclipFiles.of(base), List.of(tuned));
    }

    @Test
    void theBaseHasTheRowOfTheBaseAndAFileOfAnAdapterThatOfItsRun() throws IOException {
        Path run = tuned(), file = folder.resolve("gem.safetensors");
        Adapters.export(run, file);
        List<Retained> rows = measured("beds", "a red gem", base, run, file).models();
        assertThat(rows.get(1)).isEqualTo(rows.get(0));
        Retained own = rows.get(2), exported = rows.get(3);
        assertThat(own.method()).isEqualTo("lora, rank 8");
        assertThat(exported.method()).isEqualTo("adapter");
        assertThat(own.identity()).isNotEqualTo(rows.get(0).identity());
        assertThat(exported.identity()).isCloseTo(own.identity(), within(1e-3));
        assertThat(exported.clipScore()).isCloseTo(own.clipScore(), within(1e-2));
        assertThat(own.copies()).isBetween(0.0, 1.0);
        assertThat(exported.copies()).isNaN();
        assertThat(own.bytes()).isPositive().isLessThan(rows.get(0).bytes());
    }

    @Test
    void whatCannotBeMeasuredIsSaidBeforeAnythingIsDrawn() {
        assertThatThrownBy(() -> measured("beds", ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("4 of the 4 pictures of")
                .hasMessageContaining("have no caption: put a .txt file beside each, or say `prompt`");
        assertThatThrownBy(() -> measured("held", "a gem"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no captions to draw pictures of");
        assertThatThrownBy(() -> measured("beds", "a gem", folder.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is neither a fine-tuned run of a pipeline nor a file of an adapter");
    }
}
