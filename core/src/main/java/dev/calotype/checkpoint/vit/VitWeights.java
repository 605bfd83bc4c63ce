package dev.calotype.checkpoint.vit;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.Reason;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.nn.Blank;
import dev.calotype.nn.transformer.PositionTable;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights of a vision transformer in our names, to be given to a network.
 *
 * @param file where they come from, for messages
 */
record VitWeights(Path file, Map<String, StoredTensor> weights) {
    private static final Logger LOG = LoggerFactory.getLogger(VitWeights.class);
    private static final String POSITIONS = "pos_embed";

    /** From the weights of a file to ours. */
    interface Conversion {
        Map<String, StoredTensor> of(Map<String, StoredTensor> theirs) throws IOException;
    }

    /** Looks at a file; the numbers are read for {@link #network}. */
    static VitWeights read(Path file, Conversion conversion) throws IOException {
        return new VitWeights(file, conversion.of(WeightFile.stored(file)));
    }

    /** The rows of a matrix, 0 if it is not there. */
    static int rows(Map<String, StoredTensor> weights, String name) {
        StoredTensor tensor = weights.get(name);
        return tensor == null || tensor.dim() == 0 ? 0 : Math.toIntExact(tensor.size(0));
    }

    /**
     * A network with these weights.
     *
     * @param grid patches per side that the table of positions was made for
     * @param cubic how the table is resized if the network has others
     * @throws IOException if they are not those of such a network; memory is taken only for one that is in the file
     */
    VisionTransformer network(VisionTransformerConfig config, Ports ports, int grid, Cubic cubic) throws IOException {
        long given = weights.values().stream().mapToLong(StoredTensor::count).sum();
        long wanted = config.cost(
                        new Ports(Math.multiplyExact(grid, config.patch()), ports.channels(), ports.classes()))
                .parameters();
        if (given != wanted) throw new IOException(file + " has " + given + " numbers for a network of " + wanted);
        VisionTransformer network = Blank.make(() -> new VisionTransformer(config, ports));
        try {
            Map<String, StoredTensor> fitting = new LinkedHashMap<>(weights);
            if (weights.containsKey(POSITIONS)) fitting.put(POSITIONS, positions(config, ports, grid, cubic));
            Weights.load(network, fitting, Precision.FP32);
            return network;
        } catch (IOException | IllegalArgumentException e) {
            network.close();
            String reason = Reason.of(e);
            throw new IOException(reason.contains(file.toString()) ? reason : file + ": " + reason, e);
        }
    }

    private StoredTensor positions(VisionTransformerConfig config, Ports ports, int grid, Cubic cubic)
            throws IOException {
        StoredTensor table = weights.get(POSITIONS);
        int to = config.grid(ports.size());
        int prefix = config.prefix();
        if (table.dim() != 3 || table.size(0) != 1 || table.size(1) != prefix + (long) grid * grid)
            throw new IOException(file + ": the table of positions must be 1 x " + (prefix + grid * grid) + " x "
                    + config.width() + ": " + Arrays.toString(table.shape()));
        if (grid == to) return table;
        LOG.info("{}: the positions of {} x {} patches are resized to {} x {}", file, grid, grid, to, to);
        return table.changed(whole -> {
            Tensor patches = PositionTable.resize(whole.narrow(1, prefix, (long) grid * grid), grid, to, cubic);
            return Tensors.cat(1, whole.narrow(1, 0, prefix).to(torch.ScalarType.Float), patches);
        });
    }

    /** The weights of a network, with a table of positions also where it computes them. */
    static Map<String, Tensor> withTable(VisionTransformer network) {
        Map<String, Tensor> weights = new LinkedHashMap<>(Weights.of(network));
        VisionTransformerConfig config = network.config();
        if (config.position() == Position.LEARNED) return weights;
        int grid = config.grid(network.ports().size());
        float[] table = PositionTable.sinCos(grid, grid, config.width());
        Tensor prefix = torch.zeros(new long[] {1, config.prefix(), config.width()});
        weights.put(POSITIONS, Tensors.cat(1, prefix, Tensors.of(table, 1, (long) grid * grid, config.width())));
        return weights;
    }
}
