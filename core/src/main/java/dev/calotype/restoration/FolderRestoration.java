package dev.calotype.restoration;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.HeapFullException;
import dev.calotype.io.OutputFile;
import dev.calotype.io.Reason;
import dev.calotype.restoration.PictureRestoration.Listener;
import dev.calotype.restoration.PictureRestoration.Output;
import dev.calotype.restoration.PictureRestoration.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Restores the pictures of a folder one after the other, each to a file of its name in another folder. What is there already
 * is not made again, so that it can be interrupted at any time and go on; a picture that fails does not stop the others.
 */
public final class FolderRestoration {
    private static final int HEAD = 64; // bytes that tell a picture

    private FolderRestoration() {}

    /** A picture that could not be restored, and why in one sentence. */
    public record Failure(String image, String message) {}

    /**
     * What was done.
     *
     * @param restored pictures, in the order of their names
     * @param kept how many were there from an earlier time
     * @param others files of the folder that are no pictures
     * @param stopped whether it was ended before the last
     */
    public record Done(
            String out,
            List<PictureRestoration.Done> restored,
            int kept,
            int others,
            List<Failure> failures,
            boolean stopped) {
        public Done {
            restored = List.copyOf(restored);
            failures = List.copyOf(failures);
        }

        @Override
        public String toString() {
            return out;
        }
    }

    /**
     * Restores a folder.
     *
     * @param request of all pictures, its image being the folder; its budget is that of each
     * @param out a folder, which is made where it is not there
     * @param existing what to do with pictures that are there already: those that are not replaced are kept
     * @throws IOException if the folders cannot be read or made
     * @throws IllegalArgumentException if there are no pictures, or they would be written over
     */
    public static Done run(Request request, Path out, OutputFile.Existing existing, Listener listener)
            throws IOException {
        return run(request, out, null, existing, listener);
    }

    /**
     * {@link #run} that also keeps what was taken for missing.
     *
     * @param masks a folder, which is made where it is not there, of masks by the names of the pictures with {@code .png} at their ends, after
     *     the whole names where those of two pictures differ in their ends alone; null for none
     */
    public static Done run(Request request, Path out, Path masks, OutputFile.Existing existing, Listener listener)
            throws IOException {
        Path folder = request.image();
        Files.createDirectories(out);
        if (masks != null) Files.createDirectories(masks);
        if (Files.isSameFile(folder, out))
            throw new IllegalArgumentException(out + " holds the pictures themselves: take another folder");
        List<Path> pictures = new ArrayList<>();
        int others = 0;
        for (Path file : files(folder))
            if (isPicture(file)) pictures.add(file);
            else others++;
        if (pictures.isEmpty()) throw new IllegalArgumentException(folder + " has no pictures");
        Set<String> shared = masks == null ? Set.of() : sharedStems(pictures);
        request.damaged().require();
        try (Equipment equipment = new Equipment(request.equipment(), Scoring.NONE)) {
            request.method().require(equipment);
            Tally tally = new Tally();
            for (int i = 0; i < pictures.size() && !tally.stopped; i++) {
                Path answer = out.resolve(name(pictures.get(i)));
                if (existing == OutputFile.Existing.REFUSE && Files.exists(answer)) {
                    tally.kept++;
                    continue;
                }
                listener.planned(i + 1 + " of " + pictures.size() + ": "
                        + pictures.get(i).getFileName());
                Path mask = masks == null ? null : masks.resolve(maskName(pictures.get(i), shared));
                Output output = new Output(answer, existing, null, 0, mask);
                tally.restore(request.of(pictures.get(i)), equipment, output, listener);
            }
            return new Done(out.toString(), tally.restored, tally.kept, others, tally.failures, tally.stopped);
        }
    }

    /** What was done so far. */
    private static final class Tally {
        private final List<PictureRestoration.Done> restored = new ArrayList<>();
        private final List<Failure> failures = new ArrayList<>();
        private int kept;
        private boolean stopped;

        void restore(Request request, Equipment equipment, Output output, Listener listener) throws IOException {
            try {
                PictureRestoration.Done done = PictureRestoration.run(request, equipment, output, listener);
                stopped = done.stopped() && listener.stopRequested();
                if (!stopped) restored.add(done);
                else if (output.existing() == OutputFile.Existing.REFUSE) { // to be made whole next time
                    Files.delete(output.file());
                    if (output.mask() != null) Files.deleteIfExists(output.mask());
                }
            } catch (IOException | IllegalArgumentException | HeapFullException e) {
                failures.add(new Failure(request.image().toString(), e.getMessage()));
                listener.planned("It failed: " + Reason.of(e));
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** By its content; or by its name, so that what is damaged is told of. */
    private static boolean isPicture(Path file) throws IOException {
        if (PictureFormat.ofName(file.getFileName().toString()).isPresent()) return true;
        try (InputStream in = Files.newInputStream(file)) {
            return ImageFiles.recognises(in.readNBytes(HEAD));
        }
    }

    private static String stem(Path picture) {
        return picture.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }

    private static Set<String> sharedStems(List<Path> pictures) {
        Set<String> all = new HashSet<>(), shared = new HashSet<>();
        for (Path picture : pictures) if (!all.add(stem(picture))) shared.add(stem(picture));
        return shared;
    }

    private static String maskName(Path picture, Set<String> shared) {
        String name = picture.getFileName().toString(), stem = stem(picture);
        return !shared.contains(stem) ? stem + ".png" : name.endsWith(".png") ? name : name + ".png";
    }

    /** The name of the answer: that of the picture, with {@code .png} at its end where its format is not written. */
    private static String name(Path picture) {
        String name = picture.getFileName().toString();
        return PictureFormat.ofName(name).isPresent() ? name : name + ".png";
    }
}
