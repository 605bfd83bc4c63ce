package dev.calotype.unclip;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.Words;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsFromEmbeddings;
import dev.calotype.experiment.DrawsFromEmbeddings.Reading;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.EnlargesPictures;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.experiment.Request;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.KnownTextEncoder;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws images of words, or of vectors of pictures: a decoder with its encoder and, as far as they are named, a prior and an
 * up-sampler. Image i of a text and a seed is the same in whatever batch. A request says {@link Columns#CAPTION} or {@link
 * Columns#EMBEDDING}, one row for all images.
 */
public final class Unclip implements DrawsImages {
    private static final long ENLARGING = 0x5EC07D; // another noise than that of the first stage

    private final DrawsFromEmbeddings decoder;
    private final EncoderFile encoder;
    private final KnownTextEncoder reader; // null where the words are the encoder's, or none are read
    private final Words words; // null where none are read
    private final PredictsEmbeddings prior; // null where there is none
    private final EnlargesPictures upsampler; // null where there is none

    private Unclip(
            DrawsFromEmbeddings decoder,
            EncoderFile encoder,
            KnownTextEncoder reader,
            PredictsEmbeddings prior,
            EnlargesPictures upsampler) {
        this.decoder = decoder;
        this.encoder = encoder;
        this.reader = reader;
        Optional<Reading> read = decoder == null || encoder == null ? Optional.empty() : decoder.reading();
        words = read.map(own -> new Words(reader == null ? encoder.encoder() : reader, own.tokens()))
                .orElse(null);
        this.prior = prior;
        this.upsampler = upsampler;
    }

    /**
     * Opens all that is named.
     *
     * @param placement where decoder and up-sampler compute; encoder and prior do so in fp32
     * @throws IOException if something cannot be read
     * @throws IllegalArgumentException if models do not belong together, or one cannot do what it is named for
     */
    public static Unclip open(UnclipFiles files, Placement placement) throws IOException {
        return open(files, List.of(), placement);
    }

    /**
     * {@link #open(UnclipFiles, Placement)} with adapters added to the weights of the decoder.
     *
     * @param adapters {@code FILE} or {@code FILE:WEIGHT} each, as {@link TrainedFile#open(Path, List, Capability, Placement)} reads them
     */
    public static Unclip open(UnclipFiles files, List<String> adapters, Placement placement) throws IOException {
        Placement exact = new Placement(placement.device(), Precision.FP32);
        DrawsFromEmbeddings decoder = null;
        EncoderFile encoder = null;
        KnownTextEncoder text = null;
        PredictsEmbeddings prior = null;
        EnlargesPictures upsampler = null;
        try {
            decoder = TrainedFile.open(files.decoder(), adapters, Capability.DRAWS_FROM_EMBEDDINGS, placement);
            Path reader = files.encoder().orElse(Path.of(decoder.encoderSource()));
            encoder = EncoderFile.open(reader, exact);
            requireSame(files.decoder(), decoder.encoderHash(), reader, encoder);
            text = text(files.decoder(), decoder, encoder, exact);
            if (files.prior().isPresent()) {
                prior = TrainedFile.open(files.prior().get(), Capability.PREDICTS_EMBEDDINGS, exact);
                requireSame(files.prior().get(), prior.encoderHash(), reader, encoder);
            }
            if (files.upsampler().isPresent()) {
                upsampler = TrainedFile.open(files.upsampler().get(), Capability.ENLARGES_PICTURES, placement);
                int side = decoder.experiment().data().size();
                Check.that(
                        upsampler.from() == side,
                        files.upsampler().get() + " must enlarge the pictures of " + side + " px that "
                                + files.decoder() + " draws",
                        upsampler.from() + " px");
            }
            return new Unclip(decoder, encoder, text, prior, upsampler);
        } catch (IOException | RuntimeException e) {
            new Unclip(decoder, encoder, text, prior, upsampler).close();
            throw e;
        }
    }

    /** The text encoder whose words a decoder reads; null where it reads none, or those of the encoder of its vectors. */
    private static KnownTextEncoder text(
            Path model, DrawsFromEmbeddings decoder, EncoderFile encoder, Placement placement) {
        if (decoder.reading().isEmpty()) return null;
        Reading read = decoder.reading().get();
        if (!read.encoder().isBlank()) return new KnownTextEncoder(read.encoder(), model, read.hash(), placement);
        Check.that(
                encoder.encoder().identity().isKnownAs(read.hash()),
                model
                        + " must be used with the text encoder that it learned with, since words of others do not compare",
                encoder.encoder().fingerprint());
        return null;
    }

    private static void requireSame(Path model, String remembered, Path reader, EncoderFile encoder) {
        Check.that(
                encoder.encoder().identity().isKnownAs(remembered),
                model + " must be used with the encoder that it learned with, since vectors of others do not compare",
                reader);
    }

    /** The encoder, borrowed. */
    public Encoder encoder() {
        return encoder.encoder();
    }

    /** How many of some texts are longer than what is read of them: by the encoder for the prior, and as words. */
    public int cut(List<String> texts) {
        int read = prior == null && words != null ? 0 : encoder().tokens(texts).cut();
        return words == null ? read : Math.max(read, words.cut(texts));
    }

    /** A sentence about texts of which not all is read, or an empty one. */
    public String cutInWords(List<String> texts) {
        String read =
                prior == null && words != null ? "" : encoder().tokens(texts).cutInWords();
        return words == null || !read.isEmpty() ? read : words.cutInWords(texts);
    }

    /** How the decoder draws where nobody says otherwise is in its experiment. */
    public GenerativeExperiment decoding() {
        return decoder.experiment();
    }

    /** That of what draws last: it says how large images are. */
    @Override
    public GenerativeExperiment experiment() {
        return upsampler == null ? decoder.experiment() : upsampler.experiment();
    }

    /** @param request as the decoder draws, and one caption or embedding */
    @Override
    public Drawing drawing(Request request) {
        request.requireOnly(Set.of(Columns.CAPTION, Columns.EMBEDDING));
        Request how = new Request(request.sampling(), request.seed(), Columns.NONE);
        if (request.condition().has(Columns.CAPTION)) {
            String text = request.condition().texts(Columns.CAPTION).get(0);
            requireReadable(List.of(text));
            return drawing(how, (first, count) -> written(how, Collections.nCopies(count, text), first));
        }
        Check.that(
                request.condition().has(Columns.EMBEDDING), "a caption or an embedding must be asked for", "neither");
        Column.Floats row = request.condition().get(Columns.EMBEDDING, Column.Floats.class);
        return drawing(
                how, (first, count) -> images(how, row.tensor(Device.CPU).expand(count, row.values().length), first));
    }

    /**
     * The drawing whose image i is of text i.
     *
     * @param how the decoder draws
     */
    public Drawing drawing(Request how, List<String> captions) {
        requireReadable(captions);
        return drawing(how, (first, count) -> written(how, captions.subList((int) first, (int) first + count), first));
    }

    private Drawing drawing(Request how, Drawing.Painter images) {
        return Drawing.of(
                decoder.experiment().name() + " seed " + how.seed() + " " + how.sampling(),
                how.seed(),
                experiment().data(),
                (first, count) -> Scope.tidy(() -> images.images(first, count)));
    }

    /** The images of texts: of what the prior tells of their pictures, of their words, or of both. */
    private Tensor written(Request how, List<String> texts, long first) {
        Tensor vectors = prior == null ? null : prior.predict(encoder(), texts, how.seed(), first); // (N, E)
        if (words == null) return images(how, vectors, first);
        return enlarged(how, decoder.images(how, words.of(texts), vectors, first), first);
    }

    /**
     * The images {@code first} to {@code first + N - 1} of vectors.
     *
     * @param vectors fp32 (N, E) of length 1
     * @return fp32 (N, C, H, W) in [-1, 1], in the caller's scope
     */
    public Tensor images(Request how, Tensor vectors, long first) {
        return Scope.tidy(() -> enlarged(how, decoder.images(how, vectors, first), first));
    }

    /** @param drawn (N, C, h, w) */
    private Tensor enlarged(Request how, Tensor drawn, long first) {
        if (upsampler == null) return drawn;
        Request enlarging = new Request(upsampler.experiment().sampling(), how.seed() ^ ENLARGING, Columns.NONE);
        return upsampler.enlarged(enlarging, drawn, first); // (N, C, H, W)
    }

    /** The images of vectors, each from the noise of image 0: what differs between them is what the vectors say. */
    public Tensor sameNoise(Request how, Tensor vectors) {
        return Scope.tidy(() -> Tensors.cat(
                0,
                LongStream.range(0, vectors.size(0))
                        .mapToObj(i -> images(how, vectors.narrow(0, i, 1), 0))
                        .toArray(Tensor[]::new)));
    }

    private void requireReadable(List<String> texts) {
        Check.that(
                prior != null || words != null,
                "words need a prior, which tells what vector their picture would have: name one as `prior`, or the folder"
                        + " of a chain",
                decoder.experiment().name());
        (words == null ? encoder() : words.encoder()).tokens(texts);
    }

    @Override
    public Placement placement() {
        return decoder.placement();
    }

    @Override
    public long step() {
        return decoder.step();
    }

    @Override
    public String hash() {
        return decoder.hash();
    }

    @Override
    public Map<String, String> origin(Request request) {
        Map<String, String> origin = decoder.origin();
        origin.put("seed", String.valueOf(request.seed()));
        origin.put("sampling", request.sampling().toString());
        origin.put("encoder", encoder().hash());
        if (words != null) origin.put("words", words.encoder().hash());
        if (prior != null) origin.put("prior", prior.hash());
        if (upsampler != null) origin.put("upsampler", upsampler.hash());
        if (request.condition().has(Columns.CAPTION))
            origin.put("text", request.condition().texts(Columns.CAPTION).get(0));
        return origin;
    }

    @Override
    public void close() {
        try (decoder;
                encoder;
                reader;
                prior) {
            if (upsampler != null) upsampler.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
