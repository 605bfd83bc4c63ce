package dev.calotype.data;

import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.RandomFile;
import dev.calotype.data.store.StoredFile;
import dev.calotype.data.store.TarStore;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.data.store.ZipStore;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveSafetyTest {
    @TempDir
    Path temp;

    private ImageFolder open(Path path) throws IOException {
        ReadOptions options = new ReadOptions(3, LabelRule.AUTO, temp.resolve("cache"), ClipSettings.PICTURES);
        return ImageFolder.ofArchives(path.toString(), List.of(path), options);
    }

    private Path tar() throws IOException {
        return Fixtures.tar(temp.resolve("a.tar"), new TreeMap<>(Map.of("a.png", png(1), "b.png", png(2))));
    }

    @Test
    void aTruncatedTarIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(tar());
        for (int length : new int[] {700, 512 + 20, 1024 + 100}) {
            Path cut = Files.write(temp.resolve("cut.tar"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> open(cut)).isInstanceOf(IOException.class).hasMessageContaining("incomplete");
        }
    }

    @Test
    void aDamagedTarHeaderIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(tar());
        bytes[1024 + 3] ^= 1;
        Path damaged = Files.write(temp.resolve("damaged.tar"), bytes);
        assertThatThrownBy(() -> open(damaged)).hasMessageContaining("damaged tar header at byte 1024");
    }

    @Test
    void aTruncatedZipIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.zip(temp.resolve("a.zip"), Map.of("a.png", png(1))));
        Path cut = Files.write(temp.resolve("cut.zip"), Arrays.copyOf(whole, whole.length - 30));
        assertThatThrownBy(() -> open(cut)).isInstanceOf(IOException.class).hasMessageContaining("incomplete");
    }

    @Test
    void anEntryThatClaimsTooMuchIsNotRead() throws IOException {
        StoredFile huge = new StoredFile("huge.png", 0, FileStore.MAX_BYTES + 1);
        try (FileStore store = TarStore.open("a.tar", tar())) {
            assertThatThrownBy(() -> store.read(huge)).hasMessageContaining("at most 268435456");
        }
        StoredFile unknown = new StoredFile("unknown.png", 0, -1);
        try (FileStore store = ZipStore.open(Fixtures.zip(temp.resolve("a.zip"), Map.of("a.png", png(1))))) {
            assertThatThrownBy(() -> store.read(unknown)).hasMessageContaining("claims -1");
        }
    }

    @Test
    void aZipEntryOfAnotherSizeThanItClaimsIsCorrupt() throws IOException {
        Path path = Fixtures.zip(temp.resolve("a.zip"), Map.of("a.png", png(1)));
        try (FileStore store = ZipStore.open(path)) {
            StoredFile file = store.listing().pictures().get(0);
            assertThat(store.read(file)).isEqualTo(png(1));
            StoredFile lying = new StoredFile(file.name(), file.locator(), file.size() - 1);
            assertThatThrownBy(() -> store.read(lying)).hasMessageContaining("more than its");
        }
    }

    @Test
    void anArchiveThatGrowsBeyondMeasureIsNotUnpacked() throws IOException {
        Path bomb = temp.resolve("bomb.tar.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            out.write(Files.readAllBytes(tar()), 0, 2048);
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 32; i++) out.write(zeros);
        }
        assertThatThrownBy(() -> open(bomb)).isInstanceOf(IOException.class).hasMessageContaining("grows beyond");
        assertThat(temp.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void anArchiveThatTellsItsSizeMayGrowToItAndNoFurther() throws IOException {
        UnpackedFiles cache = new UnpackedFiles(temp.resolve("cache"));
        int bytes = 20 << 20;
        Path zeros = Fixtures.gzip(Files.write(temp.resolve("zeros"), new byte[bytes]), temp.resolve("zeros.gz"));
        assertThatThrownBy(() -> cache.unpacked(zeros, bytes - 1)).hasMessageContaining("grows beyond");
        assertThatThrownBy(() -> cache.unpacked(zeros, bytes + 1)).hasMessageContaining("claims " + (bytes + 1));
        assertThat(cache.folder()).isEmptyDirectory();
        assertThat(cache.unpacked(zeros, bytes)).hasSize(bytes);
    }

    @Test
    void aFullDiskIsLeftAlone() throws IOException {
        UnpackedFiles cache = new UnpackedFiles(temp.resolve("cache"), 200, 1L << 40, Long.MAX_VALUE / 2);
        Path gz = Fixtures.gzip(tar(), temp.resolve("a.tar.gz"));
        assertThatThrownBy(() -> cache.unpacked(gz)).hasMessageContaining("make room");
        assertThat(cache.folder()).isEmptyDirectory();
    }

    @Test
    void aTruncatedGzipLeavesNothingInTheCache() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.gzip(tar(), temp.resolve("a.tar.gz")));
        Path cut = Files.write(temp.resolve("cut.tar.gz"), Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> open(cut)).isInstanceOf(IOException.class).hasMessageContaining("unpacked");
        assertThat(temp.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void anArchiveIsUnpackedOnceAndAgainWhenItChanges() throws IOException {
        UnpackedFiles cache = new UnpackedFiles(temp.resolve("cache"));
        Path gz = Fixtures.gzip(tar(), temp.resolve("a.tar.gz"));
        Path first = cache.unpacked(gz);
        Files.setLastModifiedTime(first, FileTime.fromMillis(1000));
        assertThat(cache.unpacked(gz)).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first).toMillis()).isEqualTo(1000);
        assertThat(first).hasSameBinaryContentAs(temp.resolve("a.tar"));
        Files.setLastModifiedTime(gz, FileTime.fromMillis(2000));
        assertThat(cache.unpacked(gz)).isNotEqualTo(first);
    }

    @Test
    void anInterruptedReaderDoesNotCloseTheFileForOthers() throws IOException {
        try (RandomFile file = new RandomFile(tar())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> file.read(0, 8)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.read(0, 5)).isEqualTo("a.png".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void manyThreadsReadOneFileAtTheirOwnPositions() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        ByteBuffer numbers = ByteBuffer.allocate(4096 * Integer.BYTES);
        for (int i = 0; i < 4096; i++) numbers.putInt(i);
        try (RandomFile file = new RandomFile(Files.write(temp.resolve("numbers"), numbers.array()))) {
            IntPredicate wrong = i -> number(file, i % 4096) != i % 4096;
            Callable<Long> reader =
                    () -> IntStream.range(0, 30_000).filter(wrong).count();
            List<Future<Long>> errors = pool.invokeAll(Collections.nCopies(4, reader));
            for (Future<Long> count : errors) assertThat(count.get()).isZero();
        } finally {
            pool.shutdown();
        }
    }

    private static int number(RandomFile file, int index) {
        try {
            return ByteBuffer.wrap(file.read((long) index * Integer.BYTES, Integer.BYTES))
                    .getInt();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClosedFileStaysClosed() throws IOException {
        RandomFile file = new RandomFile(tar());
        file.close();
        assertThatThrownBy(() -> file.read(0, 5))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was closed");
    }
}
