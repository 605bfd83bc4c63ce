package dev.calotype.model.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.kind.diffusion.pipeline.MadePipeline;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiledDecodingTest extends InScope {
    /** Repeats every latent four by four, brighter by what it was told; remembers what it was asked. */
    private static final class Repeating implements Autoencoder {
        private final List<Long> sides = new ArrayList<>();
        private final double brighter;

        Repeating(double brighter) {
            this.brighter = brighter;
        }

        @Override
        public Tensor encode(Tensor images) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tensor decode(Tensor latents) {
            sides.add(Math.max(latents.size(2), latents.size(3)));
            double more = brighter * sides.size();
            long n = latents.size(0), h = latents.size(2), w = latents.size(3);
            return Scope.tidy(() -> latents.reshape(n, 3, h, 1, w, 1)
                    .expand(n, 3, h, 4, w, 4)
                    .reshape(n, 3, 4 * h, 4 * w)
                    .add(new Scalar(more)));
        }

        @Override
        public Shape shape() {
            return new Shape(3, 3, 256, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "20, 13", "5, 31", "64, 9"})
    void whatADecoderMakesOfEachLatentAloneIsTheSameInTiles(int height, int width) {
        Repeating decoder = new Repeating(0);
        Tensor latents = FormulaWeights.unit("latents", 2, 3, height, width);
        Tensor tiled = new TiledDecoding(8).decode(decoder, latents);
        assertThat(decoder.sides).allMatch(side -> side <= 8);
        assertThat(Tensors.doubles(tiled)).containsExactly(Tensors.doubles(decoder.decode(latents)), within(1e-6));
    }

    /** bench/peers/golden_guided.py made what is compared with. */
    @Test
    void tilesOfAnAutoencoderAreThoseOfDiffusers(@TempDir Path folder) throws IOException {
        MadePipeline.write("sd1", folder);
        JsonNode made = Golden.json("latent/guided.json").get("tiles");
        try (var owned = DiffusersAutoencoder.read(folder.resolve("vae"), Precision.FP32)) {
            Tensor latents = Tensors.scale(0.18215, FormulaWeights.unit("tiles", 1, 4, 20, 13));
            FormulaWeights.check(owned.value().decode(latents), made.get("whole"), 1e-4);
            FormulaWeights.check(new TiledDecoding(8).decode(owned.value(), latents), made.get("tiled"), 1e-4);
        }
    }

    @Test
    void tilesFadeIntoEachOther() {
        Tensor drawn = new TiledDecoding(8).decode(new Repeating(1), torch.zeros(1, 3, 8, 14)); // tiles 1, 2 and 3
        double[] row = Tensors.doubles(drawn.select(0, 0).select(0, 0).select(0, 0)); // 56 pixels
        assertThat(row[0]).isEqualTo(1);
        assertThat(row[23]).isEqualTo(1); // the last of 8 latents that no other tile has
        for (int i = 0; i < 8; i++) assertThat(row[24 + i]).isCloseTo(1 + i / 8.0, within(1e-6));
        assertThat(row[32]).isEqualTo(2);
        assertThat(row[55]).isCloseTo(2 + 7 / 8.0, within(1e-6));
    }

    @Test
    void onlyLargePicturesAreWorthIt() {
        Repeating decoder = new Repeating(0);
        assertThat(TiledDecoding.isWorthwhile(decoder, torch.zeros(1, 1, 256, 256)))
                .isFalse(); // 1024 x 1024 px
        assertThat(TiledDecoding.isWorthwhile(decoder, torch.zeros(1, 1, 288, 288)))
                .isTrue();
        assertThatThrownBy(() -> new TiledDecoding(6)).hasMessage("side must be a multiple of 4: 6");
    }
}
