package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of folders that are no pipeline, or half of one; those that draw are in the tests of the library. */
class PipelineCommandsTest {
    @TempDir
    Path folder;

    private void index(String type) throws IOException {
        Files.writeString(
                folder.resolve("model_index.json"),
                "{\"_class_name\": \"" + type + "\", \"unet\": [\"diffusers\", \"UNet2DConditionModel\"]}");
    }

    @Test
    void anotherPipelineIsNamedByItsClass() throws IOException {
        index("FluxPipeline");
        for (String[] command : new String[][] {
            {"imagine", folder.toString(), "a bed", "--out", "x.png"}, {"inspect", folder.toString()}
        }) {
            Run run = Run.of(command);
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).contains("is a pipeline of the class 'FluxPipeline', which is not supported");
        }
    }

    @Test
    void whatIsMissingIsToldByInspectAndRefusedByImagine() throws IOException {
        index("StableDiffusionPipeline");
        Files.createDirectory(folder.resolve("unet"));
        Run told = Run.of("inspect", folder.toString());
        assertThat(told.exit()).isZero();
        assertThat(told.out())
                .contains("missing: unet/config.json, the weights of unet/, vae/, text_encoder/, tokenizer/,"
                        + " scheduler/scheduler_config.json");
        Run refused = Run.of("imagine", folder.toString(), "a bed", "--out", "x.png");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("is a StableDiffusionPipeline and lacks scheduler/scheduler_config.json");
    }

    @Test
    void optionsThatWouldDoNothingAreRefused() throws IOException {
        Run none = Run.of("imagine", folder.toString(), "a bed", "--size", "512", "--out", "x.png");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err())
                .contains("--clip-skip, --control and --image with --strength, --mask and --missing would do nothing");
        Run image = Run.of("imagine", folder.toString(), "a bed", "--image", "a.png", "--out", "x.png");
        assertThat(image.exit()).isEqualTo(2);
        assertThat(image.err())
                .contains("--clip-skip, --control and --image with --strength, --mask and --missing would do nothing");
        index("StableDiffusionPipeline");
        Run prior = Run.of("imagine", folder.toString(), "a bed", "--prior", "runs/prior", "--out", "x.png");
        assertThat(prior.exit()).isEqualTo(2);
        assertThat(prior.err()).contains("a prior would do nothing: " + folder + " is a pipeline without one");
        Run encoder = Run.of("imagine", folder.toString(), "a bed", "--encoder", "runs/clip", "--out", "x.png");
        assertThat(encoder.exit()).isEqualTo(2);
        assertThat(encoder.err()).contains("--upsampler and --encoder would do nothing");
    }

    @Test
    void aDecoderWithoutItsPriorSaysWhatToNameAndAPriorAloneWhatItIs() throws IOException {
        index("KandinskyV22Pipeline");
        Run alone = Run.of("imagine", folder.toString(), "a bed", "--out", "x.png");
        assertThat(alone.exit()).isEqualTo(1);
        assertThat(alone.err())
                .contains(
                        "is a KandinskyV22Pipeline and lacks its prior (name the folder of that as --prior RUN, or lay it");
        Run told = Run.of("inspect", folder.toString());
        assertThat(told.exit()).isZero();
        assertThat(told.out())
                .contains("missing: its prior (name the folder of that as")
                .contains("movq/");
        index("KandinskyV22PriorPipeline");
        Run prior = Run.of("imagine", folder.toString(), "a bed", "--out", "x.png");
        assertThat(prior.exit()).isEqualTo(1);
        assertThat(prior.err())
                .contains("is a prior, which makes vectors of texts and no pictures: name the folder of");
    }

    @Test
    void variationsByAPipelineTakeNoWordsAndNameWhatTheyLack() throws IOException {
        index("UnCLIPImageVariationPipeline");
        Path picture = folder.resolve("p.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        Run words = Run.of(
                "variations", folder.toString(), picture.toString(), "--from", "a", "--to", "b", "--out", "x.png");
        assertThat(words.exit()).isEqualTo(2);
        assertThat(words.err()).contains("--from, --to, --upsampler and --encoder would do nothing");
        Run lacks = Run.of("variations", folder.toString(), picture.toString(), "--out", "x.png");
        assertThat(lacks.exit()).isEqualTo(1);
        assertThat(lacks.err())
                .contains("is a UnCLIPImageVariationPipeline and lacks ")
                .contains("super_res_last/")
                .contains("image_encoder/")
                .doesNotContain("its prior");
    }

    @Test
    void aControlWantsItsPictureAndItsSpanTwoNumbers() throws IOException {
        index("StableDiffusionPipeline");
        Run alone = Run.of("imagine", folder.toString(), "a bed", "--control", "net", "--out", "x.png");
        assertThat(alone.exit()).isEqualTo(2);
        assertThat(alone.err()).contains("--control wants the --control-image FILE that it steers by: net");
        Run picture = Run.of("imagine", folder.toString(), "a bed", "--control-image", "edges.png", "--out", "x.png");
        assertThat(picture.exit()).isEqualTo(2);
        assertThat(picture.err()).contains("follow the --control NETWORK that they are of");
        Run guess = Run.of("imagine", folder.toString(), "a bed", "--control-guess", "--out", "x.png");
        assertThat(guess.exit()).isEqualTo(2);
        assertThat(guess.err()).contains("and --control-guess follow the --control NETWORK");
    }

    @Test
    void theFolderOfANetworkIsListedWithItsSettings() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"_class_name\": \"ControlNetModel\", \"in_channels\": 4}");
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(
                    folder.resolve("diffusion_pytorch_model.safetensors"), Map.of("w", Tensors.of(1.0, 2.0)), Map.of());
        }
        Run told = Run.of("inspect", folder.toString());
        assertThat(told.exit()).isZero();
        assertThat(told.out()).contains("# _class_name: ControlNetModel", "# in_channels: 4", "1 tensors, 2 numbers");
        Run other = Run.of("inspect", folder.toString(), "--weights", "ema");
        assertThat(other.exit()).isEqualTo(2);
        assertThat(other.err()).contains("--weights would do nothing");
    }

    private Path pickle(String program) throws IOException {
        byte[] bytes = program.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        ZipEntry entry = new ZipEntry("archive/data.pkl");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        Path file = folder.resolve("model.ckpt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(entry);
            zip.write(bytes);
        }
        return file;
    }

    @Test
    void aCheckpointWithCodeIsRefusedAndNothingIsExecuted() throws IOException {
        Path made = folder.resolve("made");
        String order = "mkdir " + made;
        Path file = pickle("\u0080\u0002cposix\nsystem\nX" + (char) order.length() + "\0\0\0" + order + "\u0085R.");
        for (String[] command :
                new String[][] {{"imagine", file.toString(), "a bed", "--out", "x.png"}, {"inspect", file.toString()}
                }) {
            Run run = Run.of(command);
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err()).contains("it names 'posix.system', which is refused");
        }
        assertThat(made).doesNotExist();
    }

    @Test
    void optionsOfModelsInOneFileAreRefusedOfFolders() throws IOException {
        Run none = Run.of("imagine", folder.toString(), "a bed", "--embedding", "x.safetensors", "--out", "x.png");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("--embedding, --tokenizer, --prediction and --weights would do nothing");
        index("StableDiffusionPipeline");
        Run folders = Run.of("imagine", folder.toString(), "a bed", "--prediction", "v", "--out", "x.png");
        assertThat(folders.exit()).isEqualTo(2);
        assertThat(folders.err()).contains("is a folder, which has its own");
        Run weight = Run.of("imagine", folder.toString(), "a bed", "--lora", "x.safetensors:much", "--out", "x.png");
        assertThat(weight.exit()).isEqualTo(2);
        assertThat(weight.err())
                .contains("--adapter must be a file, or a file, a colon and a number: x.safetensors:much");
    }

    @Test
    void aPipelineOfTextsNeedsNoImport() throws IOException {
        Files.writeString(
                folder.resolve("model_index.json"),
                "{\"_class_name\": \"StableDiffusionPipeline\", \"tokenizer\": [\"transformers\", \"CLIPTokenizer\"]}");
        Run run = Run.of(
                "import", folder.toString(), "--out", folder.resolve("run").toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains("draws pictures of texts, and needs no import: imagine draws with it where it lies");
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
