package dev.calotype.data;

import dev.calotype.data.label.Annotations;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.label.Lists;
import dev.calotype.data.label.Parts;
import dev.calotype.data.label.Split;
import dev.calotype.data.label.WebDatasetNames;
import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.FolderStore;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import dev.calotype.data.store.TarStore;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.data.store.ZipStore;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.io.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures in files: of a folder and all below it, or of archives, which are folders in one file. They are sorted by
 * their path, so that the same files give the same data set however they are packed. Several archives follow one
 * another in the order given. Pictures are found by their extension and read by their content; every other file is
 * counted in {@link #passedOver}.
 *
 * <p><b>Labels</b> come by a {@link LabelRule}. <b>Captions</b> come from a {@code .txt} file, or the {@code caption}
 * of a {@code .json} file, of the picture's own name beside it, as WebDataset has it; or else from a list in the same
 * tree, which may name labels too: {@code captions.jsonl}, {@code metadata.jsonl}, {@code captions.csv}, {@code
 * metadata.csv}, {@code captions.txt}, or Flickr8k's {@code *.token.txt}. Labels alone are in {@code labels.csv}, {@code
 * train.csv} and their like, and in StyleGAN's {@code dataset.json}. A picture with several captions has the first one.
 *
 * <p>In archives with {@code .cls}, {@code .txt} or {@code .json} files beside pictures, what follows the first dot is
 * the kind of a file (the WebDataset convention), so that {@code 000.mask.png} is no picture to learn from if {@code
 * 000.png} is there; in a tar archive they stand together. Names with dots of their own are understood.
 */
public final class ImageFolder implements ImageDataset {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);

    private static final String VIDEOS =
            "videos among pictures, of which clips are read where a recipe asks for them (data.clip.frames above 1)";
    private static final String PACKED = "videos in an archive, which are not read: unpack it";

    private final String name;
    private final int channels;
    private final List<FileStore> stores;
    private final List<Item> items;
    private final List<String> classes;
    private final String labelSource;
    private final List<PassedOver> passedOver;
    private final ConcurrentSkipListSet<String> garbled =
            new ConcurrentSkipListSet<>(); // found while captions are read

    /** One picture; {@code text} holds its caption unless it is null. */
    private record Item(FileStore store, StoredFile picture, StoredFile text, int label, String caption) {}

    private ImageFolder(String name, List<FileStore> stores, ReadOptions options, Split split, LeftOut leftOut)
            throws IOException {
        this.name = name;
        this.stores = stores;
        channels = options.channels();
        List<StorePictures> all = new ArrayList<>();
        for (FileStore store : stores) {
            all.add(store instanceof FolderStore ? StorePictures.all(store) : WebDatasetNames.of(store));
            store.listing().countLoneFiles();
            for (StoredFile video : store.listing().videos())
                leftOut.add(store instanceof FolderStore ? VIDEOS : PACKED, video.name());
            leftOut.addAll(store.listing().leftOut());
        }
        if (all.stream().allMatch(store -> store.pictures().isEmpty())) throw new IOException(nothing(leftOut));
        List<StorePictures> pictures = Parts.chosen(name, split, all, leftOut);
        Annotations annotations = Annotations.of(name, pictures, options.labels(), leftOut);
        classes = annotations.labels().classes();
        labelSource = annotations.labels().source();
        items = items(pictures, annotations);
        passedOver = leftOut.list();
        leftOut.tell(name);
    }

    /**
     * The pictures below {@code folder}.
     *
     * @throws IOException if there are none, or if labels or captions are not as they should be
     */
    public static ImageFolder of(Path folder, ReadOptions options) throws IOException {
        return of(folder, options, Split.ANY, new LeftOut());
    }

    static ImageFolder of(Path folder, ReadOptions options, Split split, LeftOut leftOut) throws IOException {
        return of(split.name(folder), FolderStore.open(folder, Lists::beside), options, split, leftOut);
    }

    static ImageFolder of(String name, FolderStore store, ReadOptions options, Split split, LeftOut leftOut)
            throws IOException {
        return open(name, List.of(store), options, split, leftOut);
    }

    /**
     * The pictures in zip, tar or gzipped tar archives, one archive after the other.
     *
     * @throws IOException if there are no pictures, an archive is damaged, or a compressed one could not be unpacked
     */
    public static ImageFolder ofArchives(String name, List<Path> archives, ReadOptions options) throws IOException {
        return ofArchives(name, archives, options, Split.ANY, new LeftOut());
    }

    static ImageFolder ofArchives(String name, List<Path> archives, ReadOptions options, Split split, LeftOut leftOut)
            throws IOException {
        if (archives.isEmpty()) throw new IllegalArgumentException("archives must be at least one: " + archives);
        List<FileStore> stores = new ArrayList<>();
        try {
            for (Path archive : archives) stores.add(archive(archive, options));
        } catch (IOException | RuntimeException e) {
            closeAll(stores);
            throw e;
        }
        return open(name, stores, options, split, leftOut);
    }

    private static ImageFolder open(
            String name, List<FileStore> stores, ReadOptions options, Split split, LeftOut leftOut) throws IOException {
        try {
            return new ImageFolder(name, stores, options, split, leftOut);
        } catch (IOException | RuntimeException e) {
            closeAll(stores);
            throw e;
        }
    }

    private static FileStore archive(Path path, ReadOptions options) throws IOException {
        FileFormat format = FileFormat.of(path);
        return switch (format) {
            case ZIP -> ZipStore.open(path);
            case TAR -> TarStore.open(path.toString(), path);
            case TAR_GZIP, TAR_BZIP2 ->
                TarStore.open(path.toString(), new UnpackedFiles(options.cache()).unpacked(path));
            default -> throw new IOException(path + " is " + format.words() + ", not an archive of pictures");
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return items.size();
    }

    @Override
    public int label(long index) {
        return items.get((int) Objects.checkIndex(index, size())).label;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String sampleName(long index) {
        Item item = items.get((int) Objects.checkIndex(index, size()));
        return item.store.name() + "/" + item.picture.name();
    }

    @Override
    public String caption(long index) throws IOException {
        return caption(items.get((int) Objects.checkIndex(index, size())));
    }

    private String caption(Item item) throws IOException {
        if (item.text == null) return item.caption;
        try {
            return Lists.captionIn(item.text, item.store.read(item.text));
        } catch (CharacterCodingException e) {
            if (garbled.isEmpty()) LOG.warn("{}: {} are left out, such as {}", name, Lists.GARBLED, item.text.name());
            garbled.add(item.text.name());
            return "";
        }
    }

    @Override
    public String labelSource() {
        return labelSource;
    }

    @Override
    public List<PassedOver> passedOver() {
        if (garbled.isEmpty()) return passedOver;
        List<PassedOver> all = new ArrayList<>(passedOver);
        all.add(new PassedOver(Lists.GARBLED, garbled.size(), garbled.first()));
        return all;
    }

    @Override
    public Sample read(long index) throws IOException {
        Item item = items.get((int) Objects.checkIndex(index, size()));
        String source = sampleName(index);
        try {
            Picture picture = ImageFiles.decode(item.store.read(item.picture), channels);
            return new Sample(source, picture, item.label, caption(item), Map.of());
        } catch (IOException e) {
            throw new IOException(source + ": " + Reason.of(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable store : stores) store.close();
    }

    private static void closeAll(List<FileStore> stores) throws IOException {
        for (Closeable store : stores) store.close();
    }

    private String nothing(LeftOut leftOut) {
        return name + " has no pictures (.png, .jpg, .gif, .webp, .avif, .heic, .bmp, .tif): "
                + stores.get(0).listing().seen() + leftOut.inWords();
    }

    private static List<Item> items(List<StorePictures> stores, Annotations annotations) {
        List<Item> all = new ArrayList<>();
        for (StorePictures store : stores)
            for (StoredFile picture : store.pictures()) {
                int label = annotations.labels().of()[all.size()];
                String caption = annotations.captions()[all.size()];
                all.add(new Item(store.store(), picture, store.caption(picture), label, caption));
            }
        return List.copyOf(all);
    }
}
