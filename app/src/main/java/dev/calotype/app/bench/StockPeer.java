package dev.calotype.app.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The peer {@code stock-bf16} of {@code train}: the same engine through the same binding in a process of its own, with
 * autocast to bf16, channels-last, {@link StockUNet}, and the C++ AdamW over one tensor per weight.
 */
final class StockPeer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Tensor> inputs;
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> average = new LinkedHashMap<>();
    private final StockUNet network;
    private final AdamW optimizer;
    private final int batch;

    private StockPeer(Path folder, int batch, int channels) throws IOException {
        this.batch = batch;
        inputs = SafeTensors.read(folder.resolve("inputs.safetensors")).tensors();
        weights = new LinkedHashMap<>();
        SafeTensors.read(folder.resolve("weights.safetensors")).tensors().forEach((name, value) -> {
            Tensor laidOut = value.dim() == 4 ? value.contiguous(MemoryFormat.ChannelsLast) : value;
            weights.put(name, laidOut.requires_grad_(true));
            average.put(name, value.clone());
        });
        network = new StockUNet(weights, channels, BenchNetwork.config(channels).heads());
        AdamWOptions options = new AdamWOptions(TrainWork.RATE);
        options.weight_decay().put(0);
        optimizer = new AdamW(new TensorVector(weights.values().toArray(Tensor[]::new)), options);
    }

    /** Answers lines until there are no more: {@code train peer=NAME folder=DIR home=DIR batch=N channels=C ...}. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] words = arguments[i].split("=", 2);
            settings.put(words[0], words[1]);
        }
        Engine.load(0);
        Path outputs = Path.of(settings.get("home"), "outputs.safetensors");
        try (PointerScope scope = new PointerScope();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            StockPeer peer = new StockPeer(
                    Path.of(settings.get("folder")),
                    Integer.parseInt(settings.get("batch")),
                    Integer.parseInt(settings.get("channels")));
            SafeTensors.write(outputs, peer.compared(), Map.of());
            Map<String, String> versions = Map.of("libtorch", Machine.engineVersion());
            say(Map.of("precision", "bf16", "versions", versions, "outputs", outputs.toString()));
            for (String line = in.readLine(); line != null; line = in.readLine()) peer.obey(line.split(" "));
        }
    }

    private static void say(Map<String, Object> answer) throws IOException {
        System.out.println(JSON.writeValueAsString(answer));
    }

    private void obey(String[] words) throws IOException {
        int count = Integer.parseInt(words[1]);
        double[] seconds = new double[words[0].equals("go") ? count : 0];
        if (words[0].equals("threads")) torch.set_num_threads(count);
        for (int i = 0; i < seconds.length; i++) {
            long begun = System.nanoTime();
            Scope.run(() ->
                    step(torch.randint(TrainWork.STEPS, new long[] {batch}), torch.randn_like(inputs.get("images"))));
            seconds[i] = (System.nanoTime() - begun) * 1e-9;
        }
        Map<String, Object> answer = new LinkedHashMap<>(Map.of("seconds", seconds));
        ProcessMemory.ours().peakMb().ifPresent(mb -> answer.put("peak_mb", mb));
        say(answer);
    }

    private Map<String, Tensor> compared() {
        float[] losses = new float[TrainWork.COMPARED_STEPS], norms = losses.clone();
        for (int i = 0; i < losses.length; i++) {
            int step = i;
            Scope.run(() -> {
                Tensor t = inputs.get("times").narrow(0, (long) step * batch, batch);
                double[] result = step(t, inputs.get("noise").narrow(0, (long) step * batch, batch));
                losses[step] = (float) result[0];
                norms[step] = (float) result[1];
            });
        }
        return Map.of("losses", Tensors.of(losses, losses.length), "gradient_norms", Tensors.of(norms, norms.length));
    }

    /** One update; the loss and the norm of its gradient. */
    private double[] step(Tensor t, Tensor noise) {
        Tensor signal =
                inputs.get("signal").index_select(0, t.to(ScalarType.Long)).reshape(-1, 1, 1, 1);
        Tensor spread = signal.square().neg().add(new Scalar(1)).sqrt(); // (N, 1, 1, 1)
        Tensor noisy = signal.mul(inputs.get("images")).add(spread.mul(noise)); // (N, C, H, W)
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        Tensor predicted =
                network.forward(noisy.contiguous(MemoryFormat.ChannelsLast), t.to(ScalarType.Float)); // (N, C, H, W)
        torch.set_autocast_enabled(DeviceType.CPU, false);
        torch.clear_cache();
        Tensor loss = torch.mse_loss(predicted.to(ScalarType.Float), noise);
        optimizer.zero_grad();
        loss.backward();
        double norm = torch.clip_grad_norm_(new TensorVector(weights.values().toArray(Tensor[]::new)), TrainWork.CLIP);
        optimizer.step();
        Scope.read(() -> {
            average.forEach((name, mean) -> mean.lerp_(weights.get(name), new Scalar(1 - TrainWork.EMA)));
            return null;
        });
        return new double[] {loss.item_double(), norm};
    }
}
