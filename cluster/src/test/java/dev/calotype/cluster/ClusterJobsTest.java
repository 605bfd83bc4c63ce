package dev.calotype.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.collect.Cause;
import dev.calotype.collect.CollectSettings;
import dev.calotype.collect.Collection;
import dev.calotype.collect.HostShare;
import dev.calotype.io.Progress;
import dev.calotype.run.TrainingObserver;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepRun;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps and collections of {@link TwoExecutors}. */
@Tag("slow")
@ExtendWith(TwoExecutors.class)
class ClusterJobsTest {
    private static final String SWEEP =
            """
            name: seeds
            seeds: [1, 2]
            recipe:
              data: {source: rooms, size: 32}
              network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
              process: {steps: 20, parameterization: velocity}
              training: {steps: 3, minutes: 0, batch: 4, workers: 2, precision: fp32, ema: [0.9], checkpointSeconds: 0}
              sampling: {steps: 3}
            evaluate: {images: 0}
            """;

    private static final int TRIES = 100; // for a port

    @TempDir
    private static Path folder;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start(JavaSparkContext given) {
        spark = given;
    }

    @Test
    void trialsAreTasksAndWhatIsDoneIsLeft() throws Exception {
        Sweep sweep = Sweep.parse(SWEEP, folder, List.of());
        Path out = folder.resolve("sweep");
        SweepTable table = ClusterSweep.run(spark, sweep, out.toUri().toString());
        SweepDirectory alone = SweepDirectory.create(folder.resolve("alone"), sweep);
        new SweepRun(sweep, alone, TrainingObserver.SILENT, Progress.SILENT).all();
        SweepDirectory apart = new SweepDirectory(out);
        for (Trial trial : sweep.trials())
            assertThat(apart.trained(trial).orElseThrow().weights())
                    .isEqualTo(alone.trained(trial).orElseThrow().weights());
        assertThat(Files.readString(apart.markdownFile())).isEqualTo(table.markdown());
        Path done = apart.trial(sweep.trials().get(0)).resolve("trained.json");
        FileTime then = Files.getLastModifiedTime(done);
        Files.delete(apart.trial(sweep.trials().get(1)).resolve("trained.json"));
        ClusterSweep.run(spark, sweep, out.toUri().toString());
        assertThat(Files.getLastModifiedTime(done)).isEqualTo(then);
        assertThat(apart.trained(sweep.trials().get(1)).orElseThrow().weights())
                .isEqualTo(alone.trained(sweep.trials().get(1)).orElseThrow().weights());
        Sweep blind = Sweep.parse(SWEEP, folder, List.of("data.source=" + folder.resolve("nowhere")));
        Path never = folder.resolve("never");
        assertThatThrownBy(() -> ClusterSweep.run(spark, blind, never.toUri().toString()))
                .hasMessageContaining("nowhere");
        assertThat(never).doesNotExist();
        assertThatThrownBy(() -> ClusterSweep.run(
                        spark, sweep, apart.trial(sweep.trials().get(0)).toString()))
                .hasMessageContaining("holds something else: it has no sweep.yaml");
    }

    @Test
    void eachHostIsAskedByOneTaskAndShardsAreThoseOfOneMachine() throws Exception {
        List<Host> hosts = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) hosts.add(host(i % 2));
            for (int i = 0; i < 4; i++)
                hosts.get(i).elsewhere = hosts.get((i + 1) % 4).address();
            StringBuilder list = new StringBuilder("url,caption\n");
            for (int i = 0; i < 24; i++) {
                String name = i % 5 == 4 ? "/moved" + i : i % 7 == 6 ? "/missing" : "/" + (i == 17 ? 3 : i);
                String ending = name.equals("/missing") ? "" : ".png";
                list.append(hosts.get(i % 4).address())
                        .append(name)
                        .append(ending)
                        .append(",picture ")
                        .append(i)
                        .append('\n');
            }
            Path rows = folder.resolve("list.csv");
            Files.writeString(rows, list, StandardCharsets.UTF_8);
            Path out = folder.resolve("collected"), alone = folder.resolve("collected-alone");
            Collection.Result apart = collect(rows, out);
            for (Host host : hosts)
                assertThat(host.asked)
                        .as("once for its rows, once for those that others handed over")
                        .filteredOn("/robots.txt"::equals)
                        .hasSize(2);
            int before = pictures(hosts);
            Collection.Result one = new Collection(rows, "", "", alone, settings()).run(Progress.SILENT);
            assertThat(apart.failures()).isEqualTo(one.failures()).containsEntry(Cause.DUPLICATE, 1L);
            assertThat(apart.pictures()).isEqualTo(one.pictures());
            for (String shard : List.of("00000", "00001", "00002"))
                for (String file : List.of(".tar", ".parquet"))
                    assertThat(out.resolve(shard + file)).hasSameBinaryContentAs(alone.resolve(shard + file));
            int after = pictures(hosts);
            assertThat(after - before).as("as many requests as of one machine").isEqualTo(before);
            Files.delete(out.resolve("00001_stats.json"));
            assertThat(collect(rows, out).pictures()).isEqualTo(one.pictures());
            assertThat(out.resolve("00001.tar")).hasSameBinaryContentAs(alone.resolve("00001.tar"));
            String uri = out.toUri().toString();
            assertThatThrownBy(
                            () -> ClusterCollection.collect(spark, rows, "url", "", uri, settings(), Progress.SILENT))
                    .hasMessageStartingWith(uri + " was begun with url ");
        } finally {
            hosts.forEach(Host::close);
        }
    }

    /** A host that is asked by one of two tasks. */
    private static Host host(int task) throws IOException {
        List<Host> others = new ArrayList<>();
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Host host = new Host();
                String address = host.address();
                if (HostShare.owner(new HostShare.Row(0, address, "", address, 0), 2) == task) return host;
                others.add(host); // kept, so that another port comes
            }
            throw new AssertionError("no port is of task " + task);
        } finally {
            others.forEach(Host::close);
        }
    }

    /** How many requests were for pictures. */
    private static int pictures(List<Host> hosts) {
        return (int) hosts.stream()
                .flatMap(host -> host.asked.stream())
                .filter(path -> !path.equals("/robots.txt"))
                .count();
    }

    private static CollectSettings settings() {
        return new CollectSettings(
                32,
                CollectSettings.Resizing.CENTER_CROP,
                0,
                8,
                8,
                2,
                0,
                30,
                0,
                1_000_000,
                1_000_000,
                4,
                "calotype-test",
                List.of("127.0.0.1"));
    }

    private static Collection.Result collect(Path list, Path out) throws IOException {
        return ClusterCollection.collect(spark, list, "", "", out.toUri().toString(), settings(), Progress.SILENT);
    }
}
