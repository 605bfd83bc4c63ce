package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.Prompt;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.TextReader.Meaning;
import dev.calotype.kind.diffusion.pipeline.TextReader.Texts;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.Told;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * What a denoiser is told for one picture or several, in rows: the texts, and where it is guided what the pictures are not to be.
 *
 * @param rows one or two of one picture, (1 or 2, ...); of several first all texts
 * @param notes what could not be read of the texts
 */
record Conditions(Told rows, boolean guided, List<String> notes) {
    private static final double GUIDANCE_SCALE = 1000; // of its embedding
    private static final int REFINER_SIZES = 5;
    private static final double WANTED = 6, UNWANTED = 2.5; // scores of beauty, as diffusers tells the refiner of XL

    /** Those of each picture. */
    static List<Conditions> of(
            PipelineFiles folder, LatentUNetConfig unet, List<AskedPicture> asked, Placement placement)
            throws IOException {
        boolean distilled = unet.time().guidance() > 0; // it is told the guidance, and does it by itself
        boolean guided = asked.get(0).request().sampling().guidance() > 1 && !distilled;
        List<TextReader.Read> read = TextReader.ofEach(
                asked,
                prompt -> Texts.of(prompt, guided && !zeros(folder, prompt)),
                new TextReader(folder, placement)::read);
        List<Conditions> all = new ArrayList<>();
        for (TextReader.Read one : read) all.add(of(folder, unet, asked.get(0).request(), guided, one));
        return all;
    }

    /** Whether zeros stand for an absent negative text. */
    private static boolean zeros(PipelineFiles folder, Prompt prompt) {
        return folder.xl() && folder.zeros() && prompt.negative().isEmpty();
    }

    private static Conditions of(
            PipelineFiles folder, LatentUNetConfig unet, ImageRequest request, boolean guided, TextReader.Read read)
            throws IOException {
        double weight = request.sampling().guidance();
        boolean distilled = unet.time().guidance() > 0;
        List<Meaning> meanings = new ArrayList<>(read.meanings());
        if (guided && meanings.size() == 1) meanings.add(meanings.get(0).zeros());
        Tensor tokens = joined(meanings.stream().map(Meaning::tokens).toList()); // (rows, K, W)
        if (tokens.size(2) != unet.tokens())
            throw new IOException(folder.path() + ": its text encoders make tokens of " + tokens.size(2)
                    + " values, and its denoiser wants " + unet.tokens());
        Tensor pooled = unet.added().width() == 0
                ? null
                : joined(meanings.stream().map(Meaning::pooled).toList()); // (rows, P)
        Tensor sizes = pooled == null ? null : sizes(request, meanings.size(), refined(unet, pooled)); // (rows, 5 or 6)
        Tensor guidance = distilled ? guidance(weight, unet.time().guidance(), meanings.size()) : null; // (rows, G)
        return new Conditions(new Told(tokens, pooled, sizes, guidance), guided, read.notes());
    }

    /** Of some pictures that are denoised at once, whose texts have as many tokens. */
    static Conditions beside(List<Conditions> some) {
        if (some.size() == 1) return some.get(0);
        boolean guided = some.get(0).guided;
        return new Conditions(
                new Told(
                        beside(some, Told::tokens),
                        beside(some, Told::pooled),
                        beside(some, Told::sizes),
                        beside(some, Told::guidance)),
                guided,
                List.of());
    }

    private static Tensor beside(List<Conditions> some, Function<Told, Tensor> part) {
        if (part.apply(some.get(0).rows) == null) return null;
        List<Tensor> all = new ArrayList<>();
        for (int row = 0; row < (some.get(0).guided ? 2 : 1); row++)
            for (Conditions one : some) all.add(part.apply(one.rows).narrow(0, row, 1));
        return joined(all);
    }

    private static Tensor joined(List<Tensor> rows) {
        return Tensors.cat(0, rows.toArray(Tensor[]::new));
    }

    /** Whether the denoiser is told how beautiful a picture is to be, and not of what size it is wanted. */
    private static boolean refined(LatentUNetConfig unet, Tensor pooled) {
        return unet.added().width() - pooled.size(1)
                == (long) REFINER_SIZES * unet.added().size();
    }

    /** Original size, upper left corner of the crop, size that is wanted, or a score of beauty: height before width. */
    private static Tensor sizes(ImageRequest request, int rows, boolean refined) {
        double h = request.canvas().fullHeight(), w = request.canvas().fullWidth();
        if (!refined)
            return Tensors.of(h, w, 0, 0, h, w).unsqueeze(0).expand(rows, 6).contiguous();
        Tensor[] told = new Tensor[rows];
        for (int i = 0; i < rows; i++)
            told[i] = Tensors.of(h, w, 0, 0, i == 0 ? WANTED : UNWANTED).unsqueeze(0);
        return Tensors.cat(0, told);
    }

    private static Tensor guidance(double weight, int width, int rows) {
        Tensor scaled = Tensors.fill(rows, GUIDANCE_SCALE * (weight - 1));
        return Embeddings.sinusoidal(scaled, width, Order.SINE_FIRST, 1); // (rows, G)
    }

    /** What is told of {@code count} latents: of the first half the text, of the second the rest, where it is guided. */
    Told rows(int count) {
        return new Told(
                repeated(rows.tokens(), count),
                repeated(rows.pooled(), count),
                repeated(rows.sizes(), count),
                repeated(rows.guidance(), count));
    }

    private static Tensor repeated(Tensor rows, int count) {
        if (rows == null || rows.size(0) == count) return rows;
        int each = (int) (count / rows.size(0));
        return Scope.tidy(() -> {
            Tensor[] parts = new Tensor[(int) rows.size(0)];
            for (int i = 0; i < parts.length; i++) {
                long[] shape = Tensors.shape(rows);
                shape[0] = each;
                parts[i] = rows.narrow(0, i, 1).expand(shape);
            }
            return Tensors.cat(0, parts);
        });
    }
}
