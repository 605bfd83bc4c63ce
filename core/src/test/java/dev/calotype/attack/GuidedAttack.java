package dev.calotype.attack;

import dev.calotype.attack.Attacked.Outcome;
import dev.calotype.attack.Attacked.Seed;
import dev.calotype.tensor.Engine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What Jazzer calls (docs/trust.md, {@code bench/trust/fuzz}): it chooses the bytes by what they reached in the code. The first byte of
 * an input names the file that the others stand for; its highest bit makes them right where blind luck never would: checksums of PNG,
 * and a name in {@code .gz} holds what is inside of it.
 */
public final class GuidedAttack {
    private static final int MADE_RIGHT = 0x80;

    private static Attacked attacked;
    private static Path folder;

    private GuidedAttack() {}

    /** @param name of the reader, in words */
    public static void fuzzerInitialize(String[] name) throws IOException {
        folder = Files.createTempDirectory("attacked");
        attacked = AttackedReaders.named(String.join(" ", name), Files.createDirectory(folder.resolve("made")));
    }

    /** Reads one input, and fails where that must not have come of it. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Outcome outcome = outcome(attacked, input, folder);
        if (outcome.fault().isEmpty()) return;
        AssertionError fault = new AssertionError(outcome.fault());
        fault.setStackTrace(outcome.error().getStackTrace()); // Jazzer counts equal ones once
        throw fault;
    }

    /** What comes of an input, in a folder that holds nothing more of it afterwards. */
    static Outcome outcome(Attacked reader, byte[] input, Path folder) throws IOException {
        if (input.length == 0) return new Outcome(true, null);
        List<Seed> seeds = reader.seeds();
        Seed seed = seeds.get((input[0] & ~MADE_RIGHT & 0xFF) % seeds.size());
        byte[] bytes = new byte[input.length - 1];
        System.arraycopy(input, 1, bytes, 0, bytes.length);
        if ((input[0] & MADE_RIGHT) != 0)
            bytes = seed.file().endsWith(".gz") ? AttackedReaders.gzip(bytes) : Mutation.withChecksums(bytes);
        Path own = Files.createDirectory(folder.resolve("attacked"));
        Outcome outcome = reader.attack(seed, bytes, own);
        Attack.emptied(own);
        return outcome;
    }

    /** Writes the seeds of all readers as inputs, and prints their names. */
    public static void main(String[] folder) throws IOException {
        Engine.load(1);
        Path scratch = Files.createTempDirectory("made");
        for (Attacked reader : AttackedReaders.all(Files.createDirectory(scratch.resolve("files")))) {
            Path own = Files.createDirectories(Path.of(folder[0], reader.name(), "seeds"));
            for (int i = 0; i < reader.seeds().size(); i++) {
                Seed seed = reader.seeds().get(i);
                Files.write(own.resolve(i + ""), input(i, seed.bytes()));
                if (seed.file().endsWith(".gz"))
                    Files.write(
                            own.resolve(i + "-inside"),
                            input(
                                    i | MADE_RIGHT,
                                    new GZIPInputStream(new ByteArrayInputStream(seed.bytes())).readAllBytes()));
                else Files.write(own.resolve(i + "-right"), input(i | MADE_RIGHT, seed.bytes()));
            }
            System.out.println(reader);
        }
        Attack.emptied(scratch);
    }

    private static byte[] input(int first, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        out.writeBytes(bytes);
        return out.toByteArray();
    }
}
