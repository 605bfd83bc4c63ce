package dev.calotype.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The works that can be benched, each with the peers that do the same. */
public enum WorkName {
    /** A training step of the U-Net. */
    TRAIN("eager-fp32", "eager-fp32-cl", "eager-bf16", "compile-fp32", "compile-bf16", Peers.STOCK) {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(32), batch -> new TrainWork(settings, TrainWork.Content.PICTURES, batch));
        }
    },
    /** The same of cached latents, against diffusers' U-Net. */
    LATENT("eager-fp32", "eager-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(32), batch -> new TrainWork(settings, TrainWork.Content.LATENTS, batch));
        }
    },
    /** A picture made of latents by Stable Diffusion's autoencoder. */
    AUTOENCODER("eager-fp32", "eager-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(1), batch -> new AutoencoderWork(settings, batch));
        }
    },
    /** An evaluation of the U-Net in sampling. */
    SAMPLE("eager-fp32", "eager-fp32-cl", "eager-bf16", "autocast-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(32, 1), batch -> new SampleWork(settings, batch));
        }
    },
    /** A training step of DCGAN. */
    GAN("eager-fp32", "eager-fp32-cl", "eager-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(64), batch -> new GanWork(settings, batch));
        }
    },
    /** A training step of ViT-S/16. */
    VIT("eager-fp32", "eager-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(8), batch -> new VitWork(settings, batch));
        }
    },
    /** A training step of CLIP with ViT-S/16. */
    CLIP("eager-fp32", "eager-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(16), batch -> new ClipWork(settings, batch));
        }
    },
    /** Pictures named by ViT-S/16. */
    NAMING("eager-fp32", "eager-bf16", "autocast-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return each(settings.batches(1, 32), batch -> new NamingWork(settings, batch));
        }
    },
    /** An iteration of Deep Image Prior. */
    DIP("eager-fp32", "eager-fp32-cl", "eager-bf16", "compile-fp32", "compile-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return List.of(() -> new DipWork(settings));
        }
    },
    /** Noise to images by DDIM and by DPM-Solver++. */
    PIPELINE("diffusers-fp32", "diffusers-bf16") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            PipelineWork.requireSteps(settings.steps());
            List<Maker> cases = new ArrayList<>();
            for (PipelineWork.Method method : PipelineWork.Method.values())
                cases.addAll(each(settings.batches(16), batch -> new PipelineWork(settings, method, batch)));
            return cases;
        }
    },
    /** The feature statistics of a folder of JPEG files. */
    FID("pytorch-fid") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return List.of(() -> new FidWork(settings));
        }
    },
    /** JPEG files decoded and made smaller. */
    DECODE("pil", "torchvision") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return List.of(() -> new DecodeWork(settings));
        }
    },
    /** A checkpoint written and read. */
    CHECKPOINT("torch-save", "safetensors") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            return List.of(() -> new CheckpointWork(settings));
        }
    },
    /** Whole processes: the help, and one picture. */
    START("python") {
        @Override
        List<Maker> cases(BenchSettings settings) {
            Path launcher = Peers.home().resolve("calotype");
            List<Maker> cases = new ArrayList<>();
            for (StartWork.Task task : StartWork.Task.values())
                cases.add(() -> new StartWork(settings, task, launcher));
            return cases;
        }
    };

    /** Sets a work up. */
    @FunctionalInterface
    interface Maker {
        Work make() throws IOException;
    }

    private interface Batched {
        Work of(int batch);
    }

    private final List<String> peers;

    WorkName(String... peers) {
        this.peers = List.of(peers);
    }

    /** What is to be measured, one after the other. */
    abstract List<Maker> cases(BenchSettings settings);

    /** The names of the peers. */
    public List<String> peers() {
        return peers;
    }

    private static List<Maker> each(List<Integer> batches, Batched work) {
        return batches.stream().map(batch -> (Maker) () -> work.of(batch)).toList();
    }
}
