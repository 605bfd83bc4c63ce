package dev.calotype.restoration;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import dev.calotype.restoration.PictureRestoration.Listener;
import dev.calotype.restoration.PictureRestoration.Output;
import dev.calotype.restoration.PictureRestoration.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Path folder = request.image();
        Files.createDirectories(out);
        if (Files.isSameFile(folder, out))
            throw new IllegalArgumentException(out + " holds the pictures themselves: take another folder");
        List<Path> pictures = new ArrayList<>();
        int others = 0;
        for (Path file : files(folder))
            if (isPicture(file)) pictures.add(file);
            else others++;
        if (pictures.isEmpty()) throw new IllegalArgumentException(folder + " has no pictures");
        List<PictureRestoration.Done> restored = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        int kept = 0;
        boolean stopped = false;
        for (int i = 0; i < pictures.size() && !stopped; i++) {
            Path picture = pictures.get(i);
            Path answer = out.resolve(name(picture));
            if (existing == OutputFile.Existing.REFUSE && Files.exists(answer)) {
                kept++;
                continue;
            }
            listener.planned(i + 1 + " of " + pictures.size() + ": " + picture.getFileName());
            try {
                PictureRestoration.Done done = one(request.of(picture), answer, existing, listener);
                stopped = done.stopped() && listener.stopRequested();
                if (!stopped) restored.add(done);
                else if (existing == OutputFile.Existing.REFUSE) Files.delete(answer); // to be made whole next time
            } catch (IOException | IllegalArgumentException e) {
                failures.add(new Failure(picture.toString(), e.getMessage()));
                listener.planned("It failed: " + e.getMessage());
            }
        }
        return new Done(out.toString(), restored, kept, others, failures, stopped);
    }

    private static PictureRestoration.Done one(
            Request request, Path answer, OutputFile.Existing existing, Listener listener) throws IOException {
        return PictureRestoration.run(request, new Output(answer, existing, null, 0), listener);
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

    /** The name of the answer: that of the picture, with {@code .png} at its end where its format is not written. */
    private static String name(Path picture) {
        String name = picture.getFileName().toString();
        return PictureFormat.ofName(name).isPresent() ? name : name + ".png";
    }
}
