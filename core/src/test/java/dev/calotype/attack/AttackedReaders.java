package dev.calotype.attack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.attack.Attacked.Reading;
import dev.calotype.attack.Attacked.Seed;
import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.adapter.LoraFile;
import dev.calotype.checkpoint.bert.PretrainedBert;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.checkpoint.latent.DiffusersJointControlNet;
import dev.calotype.checkpoint.original.OriginalFile;
import dev.calotype.data.DataSource;
import dev.calotype.data.Fixtures;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.ReadOptions;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.embedding.TextEncoderFile;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.DeepFile;
import dev.calotype.image.PictureFile;
import dev.calotype.model.FormulaWeights;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Yaml;
import dev.calotype.study.Study;
import dev.calotype.sweep.Sweep;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.TextCleaning;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** All readers of files, each with files that it reads. */
final class AttackedReaders {
    private static final int SAMPLES = 3; // of a data set
    private static final String RECIPE = "name: attacked\nkind: diffusion\ndata: {source: rooms, size: 16}\n";
    /** Of Stable Diffusion 3. */
    private static final Map<String, long[]> ONE_PIECE = Map.of(
            "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", new long[] {24, 8},
            "model.diffusion_model.x_embedder.proj.weight", new long[] {8, 4, 2, 2},
            "model.diffusion_model.context_embedder.weight", new long[] {8, 6},
            "model.diffusion_model.y_embedder.mlp.0.weight", new long[] {8, 5},
            "model.diffusion_model.final_layer.linear.weight", new long[] {16, 8},
            "model.diffusion_model.final_layer.adaLN_modulation.1.weight", new long[] {16, 8},
            "model.diffusion_model.pos_embed", new long[] {1, 4, 8},
            "text_encoders.clip_l.transformer.text_model.embeddings.token_embedding.weight", new long[] {3, 8});

    private final Path scratch;
    private final List<Attacked> all = new ArrayList<>();

    private AttackedReaders(Path scratch) {
        this.scratch = scratch;
    }

    /** @param scratch an empty folder */
    static List<Attacked> all(Path scratch) throws IOException {
        AttackedReaders readers = new AttackedReaders(scratch);
        readers.pictures();
        readers.weights();
        readers.data();
        readers.texts();
        return readers.all;
    }

    /**
     * One reader alone, which is sooner there than all.
     *
     * @param scratch an empty folder
     */
    static Attacked named(String name, Path scratch) throws IOException {
        AttackedReaders readers = new AttackedReaders(scratch);
        for (Making making : List.<Making>of(readers::texts, readers::pictures, readers::data)) {
            making.run();
            for (Attacked reader : readers.all) if (reader.name().equals(name)) return reader;
        }
        Engine.load(1);
        readers.weights();
        for (Attacked reader : readers.all) if (reader.name().equals(name)) return reader;
        throw new IllegalArgumentException("there is no reader " + name);
    }

    private interface Making {
        void run() throws IOException;
    }

    private void add(String name, Reading reading, Seed... seeds) {
        all.add(new Attacked(name, List.of(seeds), reading));
    }

    private void pictures() throws IOException {
        Reading picture = file -> {
            PictureFile.read(file);
            DeepFile.read(file);
        };
        add(
                "png",
                picture,
                resource("image/rgba.png"),
                resource("image/grey16.png"),
                resource("image/palette-alpha.png"));
        add(
                "jpeg",
                picture,
                resource("image/progressive.jpg"),
                resource("image/baseline.jpg"),
                resource("image/cmyk.jpg"));
        add("gif", picture, resource("image/palette.gif"), resource("video/animation.gif"));
        add(
                "tiff",
                picture,
                resource("image/rgb-lzw.tiff"),
                resource("image/cmyk.tiff"),
                resource("image/bilevel-g4.tiff"));
        add("bmp", picture, resource("image/rgb.bmp"), resource("image/palette.bmp"));
        add("webp", picture, resource("image/lossy-alpha.webp"), resource("image/animated.webp"));
        add("avif", picture, resource("image/heif/plain.avif"), resource("image/heif/alpha.avif"));
        add("heic", picture, resource("image/heif/plain.heic"), resource("image/heif/alpha.heic"));
    }

    private void weights() throws IOException {
        Path file = scratch.resolve("made.safetensors");
        Reading weights = AttackedReaders::readWeights;
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Device.CPU.zeros(4, 3, 1, 1);
            SafeTensors.write(file, Map.of("a.weight", x, "a.bias", Tensors.fill(4, 1)), Map.of("made", "by us"));
            add("safetensors", weights, new Seed("a.safetensors", Files.readAllBytes(file)));
            Map<String, Tensor> averages = Map.of("ema/0.999/a.weight", x);
            new Checkpoint(averages, RECIPE, Map.of("step", 2.0)).write(file);
            add("checkpoint", AttackedReaders::readCheckpoint, new Seed("a.safetensors", Files.readAllBytes(file)));
            String to = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_";
            SafeTensors.write(
                    file,
                    Map.of(to + "A.weight", Device.CPU.zeros(2, 8), to + "B.weight", Device.CPU.zeros(8, 2)),
                    Map.of());
            add("adapter", AttackedReaders::readAdapter, new Seed("a.safetensors", Files.readAllBytes(file)));
            SafeTensors.write(file, FormulaWeights.of(ONE_PIECE), Map.of());
            add("one piece", AttackedReaders::readOnePiece, new Seed("a.safetensors", Files.readAllBytes(file)));
            JsonNode control = Golden.json("latent/sd3_files.json").at("/controls/networks/told");
            SafeTensors.write(file, FormulaWeights.ofUNet(control.get("weights")), Map.of());
            add(
                    "controlnet folder",
                    f -> DiffusersJointControlNet.of(StoredNetwork.in(f.getParent()))
                            .read(Precision.FP32)
                            .close(),
                    new Seed(
                            "config.json",
                            utf8(control.get("config").toString()),
                            Map.of("diffusion_pytorch_model.safetensors", Files.readAllBytes(file))));
        }
        add(
                "torch zip",
                weights,
                resource("pytorch/conj.pt"),
                resource("pytorch/script.pt"),
                resource("pytorch/f8.pt"));
        add("torch pickle", weights, resource("pytorch/neg_legacy.pt"), resource("pytorch/u16_legacy.pt"));
        Map<String, byte[]> unet = Map.of(
                "diffusion_pytorch_model.safetensors", bytes("diffusers/unet/diffusion_pytorch_model.safetensors"));
        Seed config = resource("diffusers/unet/config.json");
        add(
                "diffusers folder",
                file1 -> DiffusersUNet.read(file1.getParent()).close(),
                new Seed(config.file(), config.bytes(), unet));
        Map<String, byte[]> clip = Map.of("model.safetensors", bytes("clip/hf-clip/model.safetensors"));
        Seed clipConfig = resource("clip/hf-clip/config.json");
        add(
                "clip folder",
                f -> PretrainedClip.open(f.getParent()).close(),
                new Seed(clipConfig.file(), clipConfig.bytes(), clip));
        byte[] onnx = bytes("bert/tiny.onnx");
        add("onnx", f -> PretrainedBert.open(f).close(), new Seed("a.onnx", onnx));
        Path library = Fixtures.zip(
                scratch.resolve("made.jar"),
                Map.of("tiny.onnx", onnx, "tiny-tokenizer.json", bytes("bert/tiny/tokenizer.json")));
        Placement exact = new Placement(Device.CPU, Precision.FP32);
        add(
                "text encoder",
                f -> TextEncoderFile.open(f.toString(), exact).close(),
                new Seed("a.jar", Files.readAllBytes(library)));
        add(
                "text encoder folder",
                f -> TextEncoderFile.open(f.getParent().toString(), exact).close(),
                textEncoder());
    }

    /** The files of a folder, each as what is changed. */
    private static Seed[] textEncoder() throws IOException {
        Map<String, byte[]> all = new TreeMap<>();
        for (String name : List.of(
                "config.json",
                "model.safetensors",
                "modules.json",
                "sentence_bert_config.json",
                "tokenizer.json",
                "tokenizer_config.json")) all.put(name, bytes("bert/tiny/" + name));
        Map<String, byte[]> beside = new TreeMap<>(all);
        String pooling = "1_Pooling/config.json"; // which stays as it is
        beside.put(pooling, bytes("bert/tiny/" + pooling));
        return all.entrySet().stream()
                .map(file -> new Seed(file.getKey(), file.getValue(), beside))
                .toArray(Seed[]::new);
    }

    private static void readWeights(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            WeightFile.metadata(file);
            WeightFile.read(file);
        }
    }

    private static void readCheckpoint(Path file) throws IOException {
        TrainedFile.experiment(file);
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.read(file);
        }
    }

    private static void readOnePiece(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            OriginalFile model = OriginalFile.open(file, "");
            for (String part : model.parts())
                for (StoredTensor weight : model.network(part).weights().values()) weight.read();
        }
    }

    private static void readAdapter(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            LoraFile.open(file);
        }
    }

    private void data() throws IOException {
        byte[] png = Fixtures.png(3), other = Fixtures.png(200);
        Map<String, byte[]> files = Map.of("a/0.png", png, "b/1.png", other, "b/1.txt", utf8("a red bed"));
        Path zip = Fixtures.zip(scratch.resolve("made.zip"), files),
                tar = Fixtures.tar(scratch.resolve("made.tar"), files);
        Path web = Fixtures.tar(
                scratch.resolve("web.tar"),
                Map.of(
                        "0.png",
                        png,
                        "0.json",
                        utf8("{\"caption\": \"a bed\"}"),
                        "0.cls",
                        utf8("1"),
                        "1.png",
                        other,
                        "1.cls",
                        utf8("0")));
        Reading set = file -> readAll(DataSource.open(file, options(ClipSettings.PICTURES)));
        Reading folder = file -> readAll(DataSource.open(file.getParent(), options(ClipSettings.PICTURES)));
        byte[] idx = Fixtures.idxImages(2, 3, 4, new byte[24]);
        add("idx", set, new Seed("train-images-idx3-ubyte", idx), new Seed("train-images-idx3-ubyte.gz", gzip(idx)));
        add("cifar", set, new Seed("data_batch_1.bin", new byte[2 * 3073]));
        byte[] npy = npy();
        add("npy", set, new Seed("a.npy", npy));
        add("npz", set, new Seed("a.npz", deflated("pictures.npy", npy)));
        add(
                "parquet",
                set,
                seed("a.parquet", "data/parquet/snappy.parquet"),
                seed("a.parquet", "data/parquet/deltas.parquet"));
        add("lmdb", set, seed("data.mdb", "data/lmdb/lsun.mdb"));
        add("zip", set, new Seed("a.zip", Files.readAllBytes(zip)));
        add("tar", set, new Seed("a.tar", Files.readAllBytes(tar)));
        add("tar.gz", set, new Seed("a.tar.gz", gzip(Files.readAllBytes(tar))));
        add("webdataset", set, new Seed("a.tar", Files.readAllBytes(web)));
        Map<String, byte[]> pictures = Map.of("0.png", png, "1.png", other);
        String lines = "{\"file_name\": \"0.png\", \"text\": \"a\"}\n{\"file_name\": \"1.png\", \"text\": \"b\"}\n";
        add(
                "captions",
                folder,
                new Seed("metadata.jsonl", utf8(lines), pictures),
                new Seed("metadata.csv", utf8("file_name,text\n0.png,a\n1.png,\"b, c\"\n"), pictures));
        Reading clips =
                file -> readAll(DataSource.open(file, options(new ClipSettings(2, 0, ClipSettings.Sampling.EVEN))));
        add("video", clips, resource("video/cut.mp4"), resource("video/vp9.webm"), resource("video/mpeg4.avi"));
    }

    private ReadOptions options(ClipSettings clip) {
        return new ReadOptions(3, LabelRule.AUTO, scratch.resolve("cache"), clip);
    }

    private static void readAll(ImageDataset data) throws IOException {
        try (data) {
            data.classes();
            for (int i = 0; i < Math.min(SAMPLES, data.size()); i++) data.read(i);
        }
    }

    private void texts() throws IOException {
        add("recipe", file -> Recipe.read(file, List.of()), new Seed("a.yaml", utf8(RECIPE)));
        String sweep = "name: attacked\nrecipe: {kind: diffusion, data: {source: rooms, size: 16}}\nseeds: [1, 2]\n";
        add("sweep", file -> Sweep.read(file, List.of()), new Seed("a.yaml", utf8(sweep)));
        String study =
                "name: attacked\npictures: {files: [a.png], size: 8}\ndegradations: ['gaussian:15']\nseeds: [0]\n"
                        + "iterations: 2\nbaseline: ours\nmethods:\n  ours: {method: dip-ema, network: skip-small}\n";
        add("study", Study::read, new Seed("a.yaml", utf8(study), Map.of("a.png", Fixtures.png(3))));
        Reading tokenizer = file -> {
            try (Tokenizer tokens = Tokenizers.open(file, TextCleaning.OPENAI)) {
                tokens.ids("a red bed");
            }
        };
        add(
                "tokenizer",
                tokenizer,
                resource("text/tiny-merges.txt"),
                seed("tokenizer.json", "text/wordpiece-tokenizer.json"));
        add(
                "settings",
                file -> Yaml.object(Yaml.text(file, "file"), "file"),
                new Seed("a.yaml", utf8("a: [1, {b: c}]\n")));
        Seed config = resource("vit/vit/config.json");
        add("config.json", file -> StoredNetwork.in(file.getParent()), config);
    }

    private static byte[] npy() {
        String head = "\u0093NUMPY\1\0v\0{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 2, 3), }";
        byte[] bytes = new byte[128 + 24];
        byte[] latin = (head + " ".repeat(127 - head.length()) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(latin, 0, bytes, 0, latin.length);
        return bytes;
    }

    private static byte[] deflated(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Seed resource(String name) throws IOException {
        return seed(name.substring(name.lastIndexOf('/') + 1), name);
    }

    private static Seed seed(String file, String resource) throws IOException {
        return new Seed(file, bytes(resource));
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = AttackedReaders.class.getResourceAsStream("/" + resource)) {
            if (in == null) throw new IOException("there is no resource " + resource);
            return in.readAllBytes();
        }
    }
}
