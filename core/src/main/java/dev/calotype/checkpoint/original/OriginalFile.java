package dev.calotype.checkpoint.original;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.original.OriginalText.Dialect;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;

/**
 * A text-to-image model in one {@code .safetensors} or {@code .ckpt} file, as CompVis, Stability AI and the programs after them write
 * it: Stable Diffusion 1, 2, XL and 3. No weights are read before they are wanted.
 */
public final class OriginalFile {
    private static final String DENOISER = "model.diffusion_model.", AVERAGE = "model_ema.diffusion_model";
    private static final String AUTOENCODER = "first_stage_model.", SCALE = "scale_factor";
    private static final String VELOCITY = "v_pred", ZERO_TERMINAL = "ztsnr";
    private static final int SHOWN = 8, SIZES = 6, REFINER_SIZES = 5;

    /** The text encoders by the beginnings of their names, the part that each is, and whose names they have. */
    private static final Map<String, Dialect> TEXTS = Map.of(
            "cond_stage_model.transformer.", Dialect.TRANSFORMERS,
            "cond_stage_model.model.", Dialect.OPEN_CLIP,
            "conditioner.embedders.0.transformer.", Dialect.TRANSFORMERS,
            "conditioner.embedders.0.model.", Dialect.OPEN_CLIP,
            "conditioner.embedders.1.model.", Dialect.OPEN_CLIP);

    /** Those of Stable Diffusion 3, all by the names of transformers, and the part that each is. */
    private static final Map<String, String> JOINT_TEXTS = Map.of(
            "text_encoders.clip_l.transformer.", "text_encoder",
            "text_encoders.clip_g.transformer.", "text_encoder_2",
            "text_encoders.t5xxl.transformer.", "text_encoder_3");

    /** What training left, constants of a process that is known, and what text encoders have beside their network. */
    private static final Pattern NOT_WANTED = Pattern.compile(
            "model_ema\\.(decay|num_updates)|"
                    + "(sqrt_|log_)?(one_minus_)?(recip_|recipm1_)?alphas_cumprod(_prev)?|sqrt_recipm1_alphas_cumprod|betas|"
                    + "posterior_(variance|log_variance_clipped|mean_coef[12])|logvar|lvlb_weights|denoiser\\.sigmas|"
                    + "first_stage_model\\.(loss|model_ema|perceptual_loss)\\..*|"
                    + "(cond_stage_model|conditioner\\.embedders\\.[01]|text_encoders\\.[a-z0-9_]+)\\.(.*\\.)?(position_ids|logit_scale|attn_mask)");

    private final Path path;
    private final Family family;
    private final Map<String, StoredNetwork> networks = new TreeMap<>();
    private final Map<String, String> metadata;
    private final Map<String, Map<String, StoredTensor>> groups;
    private final boolean averaged; // whether there are averages

    private OriginalFile(Path path, Map<String, StoredTensor> all, Map<String, String> metadata, String weights)
            throws IOException {
        this.path = path;
        this.metadata = metadata;
        List<String> left = new ArrayList<>();
        groups = grouped(all, left);
        Map<String, StoredTensor> unet = groups.get(DENOISER);
        boolean joint = unet != null && new OriginalJoint(DENOISER, unet).is();
        if (unet == null
                || !joint && (!unet.containsKey("middle_block.1.proj_in.weight") || !unet.containsKey("out.2.weight")))
            throw new IOException(path + " is no Stable Diffusion 1, 2, XL or 3 in one file: its weights are called "
                    + shown(all.keySet()));
        averaged = groups.containsKey(AVERAGE);
        family = joint ? Family.SD3 : family(unet, groups);
        if (!weights.isEmpty()) unet = averages(unet, weights);
        networks(unet, left);
        foreign(left);
        if (!left.isEmpty())
            throw new IOException(path + " holds " + left.size() + " weights that no part of " + family.title()
                    + " has: " + shown(left));
    }

    /** Whether a file has the weights of a denoiser as such files have them, of whatever family. */
    public static boolean is(Path file) {
        if (!Files.isRegularFile(file)) return false;
        try (PointerScope scope = new PointerScope()) {
            return WeightFile.stored(file).keySet().stream().anyMatch(name -> name.startsWith(DENOISER));
        } catch (IOException e) {
            return false; // whoever reads it says why
        }
    }

    /**
     * Looks at a file.
     *
     * @param weights {@code ema} for the averages that some files hold beside the weights; empty for the weights
     * @throws IOException if it cannot be read, holds code or another model, or holds weights that no part of the model has: all
     *     are named
     */
    public static OriginalFile open(Path file, String weights) throws IOException {
        if (!weights.isEmpty() && !weights.equals("ema"))
            throw new IllegalArgumentException("weights of a file of one piece must be ema: " + Quoted.name(weights));
        return new OriginalFile(file, WeightFile.stored(file), WeightFile.metadata(file), weights);
    }

    /** The weights of every part by the rest of their names. */
    private static Map<String, Map<String, StoredTensor>> grouped(Map<String, StoredTensor> all, List<String> left) {
        Map<String, Map<String, StoredTensor>> groups = new LinkedHashMap<>();
        List<String> beginnings = new ArrayList<>(TEXTS.keySet());
        beginnings.addAll(JOINT_TEXTS.keySet());
        beginnings.addAll(List.of(DENOISER, AVERAGE, AUTOENCODER));
        all.forEach((name, tensor) -> {
            if (NOT_WANTED.matcher(name).matches()) return;
            boolean mark = List.of(SCALE, VELOCITY, ZERO_TERMINAL).contains(name);
            String group = mark
                    ? name
                    : beginnings.stream().filter(name::startsWith).findFirst().orElse(null);
            if (group == null) left.add(name);
            else
                groups.computeIfAbsent(group, key -> new LinkedHashMap<>()).put(name.substring(group.length()), tensor);
        });
        return groups;
    }

    private static Family family(Map<String, StoredTensor> unet, Map<String, Map<String, StoredTensor>> groups) {
        if (unet.containsKey("label_emb.0.0.weight"))
            return groups.containsKey("conditioner.embedders.0.model.") ? Family.XL_REFINER : Family.XL;
        return unet.get("middle_block.1.proj_in.weight").dim() == 2 ? Family.SD2 : Family.SD1;
    }

    /** The averages have names without dots. */
    private Map<String, StoredTensor> averages(Map<String, StoredTensor> unet, String weights) throws IOException {
        Map<String, StoredTensor> found = new LinkedHashMap<>(), given = groups.getOrDefault(AVERAGE, Map.of());
        unet.keySet().forEach(name -> {
            StoredTensor average = given.get(name.replace(".", ""));
            if (average != null) found.put(name, average);
        });
        if (found.size() != unet.size() || given.size() != unet.size())
            throw new IOException(path + " has " + given.size() + " averages of the " + unet.size()
                    + " weights of its denoiser: it cannot be taken for " + Quoted.name(weights));
        return found;
    }

    private void networks(Map<String, StoredTensor> denoiser, List<String> left) throws IOException {
        try {
            if (family == Family.SD3) joint(denoiser, left);
            else convolutional(denoiser, left);
            if (!groups.containsKey(AUTOENCODER)) return;
            OriginalAutoencoder autoencoder = new OriginalAutoencoder(groups.get(AUTOENCODER));
            put("vae", autoencoder.config(scale(), family.shift()), autoencoder.weights(left));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + path + ": " + e.getMessage(), e);
        }
    }

    /** Text encoders of other families belong to no part. */
    private void foreign(List<String> left) {
        for (String group : (family == Family.SD3 ? TEXTS : JOINT_TEXTS).keySet())
            groups.getOrDefault(group, Map.of()).keySet().forEach(name -> left.add(group + name));
    }

    private void joint(Map<String, StoredTensor> transformer, List<String> left) throws IOException {
        for (Map.Entry<String, String> text : JOINT_TEXTS.entrySet()) {
            Map<String, StoredTensor> theirs = groups.get(text.getKey());
            if (theirs == null) continue;
            String part = text.getValue();
            if (part.equals("text_encoder_3")) {
                put(part, new OriginalJoint(text.getKey(), theirs).t5(), theirs);
                continue;
            }
            Map<String, StoredTensor> named =
                    OriginalText.of(text.getKey(), Dialect.TRANSFORMERS, theirs).weights(left);
            boolean first = part.equals("text_encoder");
            if (first) named.remove("text_projection.weight"); // diffusers has the identity there
            put(part, OriginalText.config(first ? Dialect.TRANSFORMERS : Dialect.OPEN_CLIP, named), named);
        }
        OriginalJoint denoiser = new OriginalJoint(DENOISER, transformer);
        put("transformer", denoiser.config(), denoiser.weights(left));
    }

    private void convolutional(Map<String, StoredTensor> unet, List<String> left) throws IOException {
        int pooled = 0;
        for (Map.Entry<String, Dialect> text : TEXTS.entrySet()) {
            Map<String, StoredTensor> theirs = groups.get(text.getKey());
            if (theirs == null) continue;
            Map<String, StoredTensor> named = (family == Family.SD2
                            ? OriginalText.beforeTheLastBlock(text.getKey(), text.getValue(), theirs)
                            : OriginalText.of(text.getKey(), text.getValue(), theirs))
                    .weights(left);
            boolean second = family.xl() && text.getValue() == Dialect.OPEN_CLIP;
            StoredTensor projection = named.get("text_projection.weight");
            if (second && projection != null) pooled = (int) projection.size(0);
            put(second ? "text_encoder_2" : "text_encoder", OriginalText.config(text.getValue(), named), named);
        }
        OriginalUNet denoiser = new OriginalUNet(DENOISER, unet);
        int sizes = family == Family.XL_REFINER ? REFINER_SIZES : SIZES;
        put("unet", denoiser.config(sample(), pooled, sizes), denoiser.weights(left));
    }

    private void put(String part, ObjectNode config, Map<String, StoredTensor> weights) throws IOException {
        if (networks.put(part, StoredNetwork.of(path, config, () -> weights)) != null)
            throw new IOException(path + " holds two text encoders for one of " + family.title());
    }

    private int sample() {
        return family.xl() ? 128 : 64;
    }

    private double scale() throws IOException {
        if (!groups.containsKey(SCALE)) return family.scale();
        try (PointerScope scope = new PointerScope()) {
            return groups.get(SCALE).get("").read().item_double();
        }
    }

    private static String shown(Collection<String> names) {
        return Quoted.names(names.stream().sorted().toList(), SHOWN);
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** What it is. */
    public Family family() {
        return family;
    }

    /** Whether it holds averages of the denoiser's weights besides. */
    public boolean averaged() {
        return averaged;
    }

    /** The parts that are there, called as diffusers does: unet or transformer, vae, text encoders. */
    public List<String> parts() {
        return List.copyOf(networks.keySet());
    }

    /**
     * A part.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public StoredNetwork network(String part) {
        StoredNetwork network = networks.get(part);
        if (network == null) throw new IllegalArgumentException(path + " has no " + part);
        return network;
    }

    /** What the denoiser predicts where the file says it, {@code epsilon} or {@code v_prediction}. */
    public Optional<String> prediction() {
        if (groups.containsKey(VELOCITY)) return Optional.of("v_prediction");
        String said = metadata.getOrDefault("modelspec.prediction_type", "").trim();
        if (said.equals("v") || said.equals("v_prediction")) return Optional.of("v_prediction");
        return said.startsWith("eps") ? Optional.of("epsilon") : Optional.empty();
    }

    /** Whether it was trained with a last step that is noise alone. */
    public boolean endsInNoise() {
        return groups.containsKey(ZERO_TERMINAL);
    }
}
