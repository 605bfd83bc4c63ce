package dev.calotype.data;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures in files: of a folder and all below it, or of archives, which are folders in one file. They are sorted by
 * their path, so that the same files give the same data set however they are packed. Several archives follow one
 * another in the order given. PNG, JPEG, GIF, BMP and TIFF are found by their extension and read by their content;
 * hidden files and {@code __MACOSX} are passed over.
 *
 * <p><b>Labels</b> come by a {@link LabelRule}. <b>Captions</b> come from a {@code .txt} file, or the {@code caption}
 * of a {@code .json} file, of the picture's own name beside it, as WebDataset has it; or else from a list in the same
 * tree: {@code captions.jsonl}, {@code metadata.jsonl} (fields {@code file_name}, {@code file} or {@code image};
 * {@code text}, {@code caption} or {@code captions}), {@code captions.csv}, {@code metadata.csv}, {@code captions.txt}
 * (with those names in the first line), or Flickr8k's {@code *.token.txt}. A picture with several captions has the
 * first one.
 *
 * <p>In archives with {@code .cls}, {@code .txt} or {@code .json} files beside pictures, what follows the first dot is
 * the kind of a file (the WebDataset convention), so that {@code 000.mask.png} is no picture to learn from.
 */
public final class ImageFolder implements ImageDataset {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final int MAX_LABEL = 1000;

    private final String name;
    private final int channels;
    private final List<FileStore> stores;
    private final List<Item> items;
    private final List<String> classes;

    /** One picture; {@code text} holds its caption unless it is null. */
    private record Item(FileStore store, StoredFile picture, StoredFile text, int label, String caption) {}

    private ImageFolder(String name, List<FileStore> stores, ReadOptions options) throws IOException {
        this.name = name;
        this.stores = stores;
        channels = options.channels();
        List<List<StoredFile>> pictures = new ArrayList<>();
        for (FileStore store : stores) pictures.add(trainable(store));
        if (pictures.stream().allMatch(List::isEmpty)) throw new IOException(nothing());
        Labels labels = labels(pictures, options.labels());
        classes = labels.classes();
        items = List.copyOf(items(pictures, labels));
    }

    /**
     * The pictures below {@code folder}.
     *
     * @throws IOException if there are none, or if labels or captions are not as they should be
     */
    public static ImageFolder of(Path folder, ReadOptions options) throws IOException {
        return open(folder.toString(), List.of(new FolderStore(folder)), options);
    }

    /**
     * The pictures in zip, tar or gzipped tar archives, one archive after the other.
     *
     * @throws IOException if there are no pictures, an archive is damaged, or a compressed one could not be unpacked
     */
    public static ImageFolder ofArchives(String name, List<Path> archives, ReadOptions options) throws IOException {
        if (archives.isEmpty()) throw new IllegalArgumentException("archives must be at least one: " + archives);
        List<FileStore> stores = new ArrayList<>();
        try {
            for (Path archive : archives) stores.add(archive(archive, options));
        } catch (IOException | RuntimeException e) {
            closeAll(stores);
            throw e;
        }
        return open(name, stores, options);
    }

    private static ImageFolder open(String name, List<FileStore> stores, ReadOptions options) throws IOException {
        try {
            return new ImageFolder(name, stores, options);
        } catch (IOException | RuntimeException e) {
            closeAll(stores);
            throw e;
        }
    }

    private static FileStore archive(Path path, ReadOptions options) throws IOException {
        FileFormat format = FileFormat.of(path);
        return switch (format) {
            case ZIP -> new ZipStore(path);
            case TAR -> new TarStore(path.toString(), path);
            case TAR_GZIP -> new TarStore(path.toString(), new TarCache(options.cache()).unpacked(path));
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
    public List<String> classes() {
        return classes;
    }

    @Override
    public String sampleName(long index) {
        Item item = items.get((int) Objects.checkIndex(index, size()));
        return item.store.name() + "/" + item.picture.name();
    }

    @Override
    public Sample read(long index) throws IOException {
        Item item = items.get((int) Objects.checkIndex(index, size()));
        String source = sampleName(index);
        try {
            Picture picture = ImageFiles.decode(item.store.read(item.picture), channels);
            String caption = item.text == null ? item.caption : Captions.beside(item.text, item.store.read(item.text));
            return new Sample(source, picture, item.label, caption, Map.of());
        } catch (IOException e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable store : stores) store.close();
    }

    private static void closeAll(List<FileStore> stores) throws IOException {
        for (Closeable store : stores) store.close();
    }

    private String nothing() {
        return name + " has no pictures (.png, .jpg, .gif, .bmp, .tif): "
                + stores.get(0).listing().seen();
    }

    /** The pictures of a store, without the ones that belong to others if it is a WebDataset. */
    private static List<StoredFile> trainable(FileStore store) {
        List<StoredFile> all = store.listing().pictures();
        if (store instanceof FolderStore || all.stream().noneMatch(p -> hasCompanion(store, p))) return all;
        List<StoredFile> own = all.stream()
                .filter(p -> p.baseName().indexOf('.') == p.baseName().lastIndexOf('.'))
                .toList();
        if (own.size() < all.size())
            LOG.info("{}: passed over {} pictures such as masks", store.name(), all.size() - own.size());
        return own;
    }

    private static boolean hasCompanion(FileStore store, StoredFile picture) {
        return store.listing().beside(picture, "cls") != null || text(store, picture) != null;
    }

    private static StoredFile text(FileStore store, StoredFile picture) {
        StoredFile text = store.listing().beside(picture, "txt");
        return text != null ? text : store.listing().beside(picture, "json");
    }

    private Labels labels(List<List<StoredFile>> pictures, LabelRule rule) throws IOException {
        List<String> names = new ArrayList<>();
        List<String> written = new ArrayList<>();
        for (int s = 0; s < stores.size(); s++)
            for (StoredFile picture : pictures.get(s)) {
                names.add(picture.name());
                written.add(rule == LabelRule.AUTO ? writtenLabel(stores.get(s), picture) : null);
            }
        try {
            boolean any = written.stream().anyMatch(Objects::nonNull);
            return any ? Labels.written(written.toArray(String[]::new)) : Labels.byName(rule, names);
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private static String writtenLabel(FileStore store, StoredFile picture) throws IOException {
        StoredFile file = store.listing().beside(picture, "cls");
        if (file == null) return null;
        if (file.size() > MAX_LABEL)
            throw new IOException(store.name() + "/" + file.name() + " has " + file.size()
                    + " bytes; a label has at most " + MAX_LABEL);
        return new String(store.read(file), StandardCharsets.UTF_8).strip().intern();
    }

    private List<Item> items(List<List<StoredFile>> pictures, Labels labels) throws IOException {
        List<Item> all = new ArrayList<>();
        for (int s = 0; s < stores.size(); s++) {
            FileStore store = stores.get(s);
            String[] captions = Captions.listed(store, pictures.get(s));
            for (int i = 0; i < captions.length; i++) {
                StoredFile picture = pictures.get(s).get(i);
                String caption = captions[i] == null ? "" : captions[i];
                all.add(new Item(store, picture, text(store, picture), labels.of()[all.size()], caption));
            }
        }
        return all;
    }
}
