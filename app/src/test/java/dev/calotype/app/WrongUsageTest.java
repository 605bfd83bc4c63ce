package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines and values of recipes that are wrong: each ends with exit code 2 and one sentence. */
class WrongUsageTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "--nonsense",
                "train",
                "train R --stepz 5",
                "train R --steps x",
                "train R --steps",
                "train R --set",
                "train R --set steps",
                "train R --set nosuch=1",
                "train R --set training=5",
                "train R --set training.steps=many",
                "train R --set training.steps=-1",
                "train R --set training.batch=0",
                "train R --set training.batch=1.5",
                "train R --set training.batch=100000",
                "train R --set training.optimizer=sgdd",
                "train R --set training.learningRate=11",
                "train R --set training.learningRate=.nan",
                "train R --set training.ema=[]",
                "train R --set training.ema=[1]",
                "train R --set training.ema=0.999",
                "train R --dry-run --set training.ema=[2]",
                "train R --dry-run --set training.ema=[.nan]",
                "train R --dry-run --set training.accumulate=1000",
                "train R --dry-run --set training.device=cuda:9",
                "train R --set training.precision=fp64",
                "train R --set training.device=gpu",
                "train R --set training.device=cuda:128",
                "train R --set training.workers=-1",
                "train R --set training.keep=0",
                "train R --set training.warmup=-1",
                "train R --set training.snapshots=-1",
                "train R --set data.size=0",
                "train R --set data.size=31",
                "train R --set data.channels=2",
                "train R --set data.labels=maybe",
                "train R --set network.channels=33",
                "train R --set network.blocks=0",
                "train R --set network.dropout=1.5",
                "train R --set network.multipliers=[]",
                "train R --set process.steps=0",
                "train R --set process.schedule=square",
                "train R --set process.loss=l3",
                "train R --set sampling.steps=0",
                "train R --set sampling.sampler=magic",
                "train R --set kind=nosuch",
                "train R --set name=a/b",
                "train R --set evaluation.images=0",
                "train W",
                "train L",
                "train E",
                "sample",
                "sample F",
                "sample F -n 0 --out x.png",
                "sample F -n x --out x.png",
                "sample F --seed 1e3 --out x.png",
                "sample F --out x.gif",
                "interpolate F --seeds 1 --out x.png",
                "interpolate F --seeds a,b --out x.png",
                "restore",
                "restore nonsense a.png --out b.png",
                "restore denoise --out b.png",
                "restore inpaint P",
                "restore denoise P --sigma x --out b.png",
                "evaluate",
                "evaluate F -n 0",
                "sweep",
                "sweep W",
                "study restore",
                "study nonsense",
                "judge",
                "report",
                "data",
                "data nonsense",
                "import",
                "export",
                "inspect",
                "imagine",
                "search",
                "search F",
                "search F red",
                "search F red --model M -n 0",
                "search F red --model F -n many",
                "search F red --model F --cleaning soap",
                "search F red bed --model F",
                "embed",
                "embed F --model F",
                "embed --model F --out x.npy",
                "embed F --text red --model F --out x.npy",
                "embed F --texts E --text red --model F --out x.npy",
                "embed F --model F --out x.csv",
                "embed F --model F --out x.npy -n 0",
                "collect",
                "collect L",
                "collect C --out o --size 0",
                "collect C --out o --size x",
                "collect C --out o --resize maybe",
                "collect C --out o --duplicates 65",
                "collect C --out o --per-host 0",
                "collect C --out o --connections -1",
                "collect C --out o --host-delay -1",
                "collect C --out o --max-megapixels 0",
                "collect C --out o --retries -1",
                "chain W",
                "chain L",
                "chain E",
                "chain R",
                "chain R --set decoder",
                "finetune",
                "finetune F",
                "finetune nosuch --data F",
                "finetune F --data F --rank 0",
                "finetune F --data F --steps 0",
                "finetune F --data F --begins word",
                "finetune F --data F --rehearse-share 2",
                "finetune D",
                "finetune D --data F --method loraa",
                "finetune D --data F --token <gem>",
                "finetune D --data F --vectors 2",
                "finetune D --data F --rehearse-drawn 5",
                "sweep L",
                "sweep E",
                "sweep R --set nosuch=1",
                "compare",
                "compare R",
                "compare R R --minutes 0",
                "worker",
                "worker --store nosuch",
                "train R --world 2",
                "train R --world 0",
                "train R --world 2 --store here",
                "train R --world 2 --store localhost:99999",
                "adapters merge",
                "adapters convert",
                "variations F",
                "reconstruct",
                "project",
                "average",
                "optimize",
                "optimize nosuch",
                "optimize F --steps 4,x",
                "match",
                "nll",
                "cost",
                "quality",
                "reproduce P",
                "reproduce nosuch.png --out x.png",
                "study restore W",
                "study restore E",
                "study restore R",
                "classify",
                "chain",
                "finetune F --method loraa --data F",
                "adapters nonsense",
                "help nonsense",
                "studio --port x"
            })
    void endsWithOneSentence(String line) {
        Run run = Run.of(Arrays.stream(line.split(" ")).map(this::path).toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("unexpected ");
        assertThat(run.err().lines().filter(told -> !told.contains(" WARN ")))
                .singleElement()
                .asString()
                .startsWith("calotype: ")
                .hasSizeBetween(20, 600);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    doctor --jsn                | calotype: unknown option: '--jsn', did you mean '--json'? (see calotype help doctor)
                    doctor more                 | calotype: unmatched argument at index 1: 'more' (see calotype help doctor)
                    restore denoise             | (see calotype restore denoise --help)
                    --nonsense                  | (see calotype help)
                    trian                       | calotype: there is no command 'trian', did you mean 'train'? (see calotype help)
                    """)
    void saysWhatIsNearAndWhereAllIsTold(String line, String sentence) {
        Run run = Run.of(line.split(" "));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void onlyClassifiersBeginWithAnotherModelByFrom() throws IOException {
        Run run = Run.of("train", path("R"), "--from", "runs/a-001");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains("--from is of classifiers", "is of kind diffusion", "calotype finetune runs/a-001");
    }

    /** Capital letters stand for files: a recipe, one that is no YAML, one that is a list, an empty one, a folder, a picture, addresses, a pipeline. */
    private String path(String word) {
        try {
            return switch (word) {
                case "R" -> file("r.yaml", "data: {source: rooms, size: 32}\n");
                case "W" -> file("w.yaml", "data: {source: [\n  rooms\nsize\n");
                case "L" -> file("l.yaml", "[1, 2]\n");
                case "E" -> file("e.yaml", "");
                case "P" -> file("p.png", "no picture");
                case "C" -> file("c.csv", "url,caption\nhttp://127.0.0.1:1/a.png,red\n");
                case "D" -> pipeline();
                case "F" -> folder.toString();
                default -> word;
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String pipeline() throws IOException {
        Files.createDirectories(folder.resolve("pipeline"));
        String index = "{\"_class_name\": \"StableDiffusion3Pipeline\"}";
        return Path.of(file("pipeline/model_index.json", index)).getParent().toString();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void layersBesideAWordThatIsLearnedAloneAreNotPassedOver() throws IOException {
        Path pipeline = Files.createDirectory(folder.resolve("pipeline"));
        Files.writeString(pipeline.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionPipeline\"}");
        String line = "finetune " + pipeline + " --data x --token <gem> --begins stone --layers attn2";
        Run run = Run.of(line.split(" "));
        assertThat(run.err())
                .contains("--layers must be given with --method where --token is")
                .contains("attn2");
        assertThat(run.exit()).isEqualTo(2);
    }
}
