package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ImageFolder;
import dev.calotype.data.Preparation;
import dev.calotype.data.ReadOptions;
import dev.calotype.io.Progress;
import dev.calotype.judge.Judge;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.ResNetCifar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The statistics that a Frechet distance needs of a folder of JPEG files, from the files to mean and covariance. */
final class FidWork implements Work {
    private static final int BATCH = 50;

    private final BenchSettings settings;
    private final Description description;
    private final int size;
    private final int count;
    private Path pictures;
    private FeatureNetwork network;

    FidWork(BenchSettings settings) {
        this.settings = settings;
        size = settings.size(64);
        count = settings.images(1000);
        Map<String, String> of = new LinkedHashMap<>();
        of.put("images", String.valueOf(count));
        of.put("size", String.valueOf(size));
        of.put("batch", String.valueOf(BATCH));
        description = new Description("folder", of, "fp32", torch.get_num_threads(), 1e-2);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        pictures = JpegFolder.write(folder.resolve("pictures"), settings.data(), size, count);
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = FeatureWeights.of(settings.weights());
            SafeTensors.write(folder.resolve("weights.safetensors"), weights, Map.of());
            network = ResNetCifar.of(weights);
        }
        FeatureStatistics statistics = measure();
        return Map.of("mean", floats(statistics.mean()), "covariance", floats(statistics.covariance()));
    }

    private FeatureStatistics measure() throws IOException {
        try (ImageDataset data = ImageFolder.of(pictures, ReadOptions.channels(3))) {
            return new Judge(network, EvaluationProtocol.standard(), Progress.SILENT)
                    .statistics(new Stored(data), new Preparation(size, 3, Preparation.Flip.NONE), count);
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
        return floats;
    }

    @Override
    public void iterate() throws IOException {
        measure();
    }

    @Override
    public void close() {
        if (network != null) network.close();
    }
}
