package dev.calotype.model.vivit;

import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * How a {@link Vivit} begins as a Vision Transformer that was trained on images (Arnab et al. 2021, section 3.4): its blocks are those of
 * the other, the positions of a moment are those of an image and the same for all moments, and a tubelet is embedded as
 * {@link VivitConfig#start} says. What images do not have (attention in time, the second encoder, the head) stays as it is.
 */
public final class ImageStart {
    private static final Set<String> IMAGES_ALONE = Set.of("head.weight", "head.bias");
    private static final String POSITIONS = "pos_embed", TOKEN = "cls_token", PATCHES = "patch_embed.proj.";

    private ImageStart() {}

    /**
     * Gives a network for clips the weights of one for images.
     *
     * @throws IllegalArgumentException unless their widths, blocks, heads, patches, pictures, channels and pools are alike
     */
    public static void apply(Vivit video, VisionTransformer image) {
        requireAlike(video, image);
        Map<String, Tensor> ours = Tensors.parameters(video), theirs = Tensors.parameters(image);
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> theirs.forEach((name, tensor) -> {
                if (!IMAGES_ALONE.contains(name) && !name.startsWith(PATCHES))
                    copy(name.equals(POSITIONS) ? repeated(tensor, video) : tensor, ours.get("encoder." + name));
            }));
        }
        video.embedding().start(video.config().start(), theirs.get(PATCHES + "weight"), theirs.get(PATCHES + "bias"));
    }

    private static void copy(Tensor from, Tensor to) {
        to.copy_(from);
    }

    /** The positions of an image for every moment of the tokens; that of the class token once. */
    private static Tensor repeated(Tensor table, Vivit video) {
        VivitConfig config = video.config();
        int prefix = config.prefix();
        Tensor patches = table.narrow(1, prefix, table.size(1) - prefix);
        if (config.variant() == Variant.FACTORISED_ENCODER) return table;
        Tensor all = patches.repeat(1, config.moments(video.ports().frames()), 1);
        return prefix == 0 ? all : Tensors.cat(1, table.narrow(1, 0, prefix), all);
    }

    private static void requireAlike(Vivit video, VisionTransformer image) {
        VivitConfig clips = video.config();
        VisionTransformerConfig images = image.config();
        same("width", clips.width(), images.width());
        same("depth", clips.depth(), images.depth());
        same("heads", clips.heads(), images.heads());
        same("hidden", clips.hidden(), images.hidden());
        same("patch", clips.patch(), images.patch());
        same("size", video.ports().size(), image.ports().size());
        same("channels", video.ports().channels(), image.ports().channels());
        same("pool", clips.pool().name(), images.pool().name());
        Set<String> more = new TreeSet<>(Tensors.parameters(image).keySet());
        more.removeAll(IMAGES_ALONE);
        more.removeIf(
                name -> name.startsWith(PATCHES) || Tensors.parameters(video).containsKey("encoder." + name));
        if (!more.isEmpty())
            throw new IllegalArgumentException(
                    "a network for clips has nothing like these of the network for images: " + more);
        if (images.position() != VisionTransformerConfig.Position.LEARNED)
            throw new IllegalArgumentException(
                    "position of the network for images must be learned: " + images.position());
    }

    private static void same(String what, Object clips, Object images) {
        if (!clips.equals(images))
            throw new IllegalArgumentException(
                    what + " must be that of the network for images, " + images + ": " + clips);
    }
}
