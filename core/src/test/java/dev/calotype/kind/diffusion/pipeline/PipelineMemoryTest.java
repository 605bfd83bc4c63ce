package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.DiffusersTransformer;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineMemoryTest extends InScope {
    private static final int CAPTIONS = 10_000;

    @TempDir
    Path folder;

    private PipelineExperiment tuned() throws IOException {
        List<String> all = List.of("training.precision=fp32", "training.batch=2", "training.workers=1");
        return TunablePipeline.recipe(folder, "pictures", Method.LORA, all);
    }

    /** 77 tokens of the CLIPs and 256 of T5; beside them, while all are read, those that they are made of and the largest encoder. */
    @Test
    void whatCaptionsSayToStableDiffusion3IsInTheEstimate() throws IOException {
        MadePipeline.writeJoint(folder, 3);
        PipelineFiles files = StableDiffusionPipelines.files(folder, Additions.NONE);
        long width = DiffusersTransformer.config(files.network("transformer")).tokens(), largest = 0;
        for (String part : List.of("text_encoder", "text_encoder_2", "text_encoder_3")) {
            long weights = 0;
            for (StoredTensor weight : files.network(part).weights().values()) weights += weight.count();
            largest = Math.max(largest, weights);
        }
        long values = CAPTIONS * 333L * width;
        PipelineMemory.Texts texts = PipelineMemory.texts(tuned(), files, CAPTIONS);
        assertThat(texts.kept()).isEqualTo(4 * values);
        assertThat(texts.reading()).isEqualTo(4 * (largest + 3 * values));

        MemoryEstimate without = PipelineMemory.plan(tuned(), folder, 0).estimate(),
                with = PipelineMemory.plan(tuned(), folder, CAPTIONS).estimate();
        assertThat(with.data() - without.data()).isEqualTo(4 * values);
        assertThat(with.weights() + with.results() + with.data()).isEqualTo(texts.reading()); // the denoiser is small
    }

    @Test
    void thoseToOthersAreAsWideAsTheirTokens() throws IOException {
        MadePipeline.write("sd1_ddim", folder);
        PipelineFiles files = TextToImage.open(folder).folder();
        long width = files.network("unet").weights().entrySet().stream()
                .filter(weight -> weight.getKey().endsWith("attn2.to_k.weight"))
                .mapToLong(weight -> weight.getValue().shape()[1])
                .findFirst()
                .orElseThrow();
        assertThat(PipelineMemory.texts(tuned(), files, CAPTIONS).kept()).isEqualTo(4 * CAPTIONS * 77 * width);
    }
}
