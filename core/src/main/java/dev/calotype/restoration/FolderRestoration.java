package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
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
     * What was marked.
     *
     * @param out the folder of the masks
     * @param marked the masks that were written, in the order of the names of their pictures
     * @param kept how many were there from an earlier time
     * @param others files of the folder that are no pictures
     * @param stopped whether it was ended before the last
     */
    public record Marked(
            String out, List<String> marked, int kept, int others, List<Failure> failures, boolean stopped) {
        public Marked {
            marked = List.copyOf(marked);
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
        Pictures pictures = Pictures.of(request.image());
        requireOther(request.image(), out);
        request.damaged().require();
        try (Equipment equipment = new Equipment(request.equipment(), Scoring.NONE)) {
            request.method().require(equipment);
            Files.createDirectories(out);
            if (masks != null) Files.createDirectories(masks);
            Tally tally = new Tally();
            for (int i = 0; i < pictures.files.size() && !tally.stopped; i++) {
                Path picture = pictures.files.get(i), answer = out.resolve(name(picture));
                if (existing == OutputFile.Existing.REFUSE && Files.exists(answer)) {
                    tally.kept++;
                    continue;
                }
                listener.planned(pictures.place(i));
                Path mask = masks == null ? null : masks.resolve(pictures.maskName(picture));
                Output output = new Output(answer, existing, null, 0, mask);
                tally.restore(request.of(picture), equipment, output, listener);
            }
            return new Done(out.toString(), tally.restored, tally.kept, pictures.others, tally.failures, tally.stopped);
        }
    }

    /**
     * Writes what is taken for missing in each picture of a folder, white on black, and restores nothing.
     *
     * @param masks as for {@link #run}
     * @throws IOException if the folders cannot be read or made
     * @throws IllegalArgumentException as {@link #run}
     */
    public static Marked masks(
            Path folder, Damaged damaged, Path masks, OutputFile.Existing existing, Listener listener)
            throws IOException {
        Pictures pictures = Pictures.of(folder);
        requireOther(folder, masks);
        damaged.require();
        Files.createDirectories(masks);
        List<String> marked = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        int kept = 0;
        for (int i = 0; i < pictures.files.size() && !listener.stopRequested(); i++) {
            Path picture = pictures.files.get(i), mask = masks.resolve(pictures.maskName(picture));
            if (existing == OutputFile.Existing.REFUSE && Files.exists(mask)) {
                kept++;
                continue;
            }
            try {
                HoleMask hole = PictureRestoration.mask(picture, damaged, mask, existing);
                listener.planned(pictures.place(i) + ": " + hole);
                marked.add(mask.toString());
            } catch (IOException | IllegalArgumentException | HeapFullException e) {
                failures.add(new Failure(picture.toString(), Reason.of(e)));
            }
        }
        return new Marked(masks.toString(), marked, kept, pictures.others, failures, listener.stopRequested());
    }

    private static void requireOther(Path folder, Path out) throws IOException {
        if (Files.exists(out) && Files.isSameFile(folder, out))
            throw new IllegalArgumentException(out + " holds the pictures themselves: take another folder");
    }

    /**
     * The pictures of a folder.
     *
     * @param files in the order of their names
     * @param others how many files are none
     * @param shared the names without ends that several have
     */
    private record Pictures(List<Path> files, int others, Set<String> shared) {
        static Pictures of(Path folder) throws IOException {
            List<Path> pictures = new ArrayList<>();
            int others = 0;
            for (Path file : FolderRestoration.files(folder))
                if (isPicture(file)) pictures.add(file);
                else others++;
            if (pictures.isEmpty()) throw new IllegalArgumentException(folder + " has no pictures");
            Set<String> all = new HashSet<>(), shared = new HashSet<>();
            for (Path picture : pictures) if (!all.add(stem(picture))) shared.add(stem(picture));
            return new Pictures(pictures, others, shared);
        }

        String place(int i) {
            return i + 1 + " of " + files.size() + ": " + files.get(i).getFileName();
        }

        String maskName(Path picture) {
            String name = picture.getFileName().toString(), stem = stem(picture);
            return !shared.contains(stem) ? stem + ".png" : name.endsWith(".png") ? name : name + ".png";
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
                failures.add(new Failure(request.image().toString(), Reason.of(e)));
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

    /** The name of the answer: that of the picture, with {@code .png} at its end where its format is not written. */
    private static String name(Path picture) {
        String name = picture.getFileName().toString();
        return PictureFormat.ofName(name).isPresent() ? name : name + ".png";
    }
}
