package dev.calotype.data;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.label.Annotations;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.label.Labels;
import dev.calotype.data.label.Lists;
import dev.calotype.data.label.Parts;
import dev.calotype.data.label.Split;
import dev.calotype.data.store.FolderStore;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.store.StorePictures;
import dev.calotype.data.store.StoredFile;
import dev.calotype.data.video.ClipFiles;
import dev.calotype.data.video.ClipFiles.Clip;
import dev.calotype.data.video.ClipSettings;
import dev.calotype.data.video.Video;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Reason;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Clips in files: videos, animations, folders of frames and strips of frames, below a folder. One sample is some frames of one of them, chosen by
 * {@link ClipSettings}. Labels and captions are found as those of pictures are ({@link ImageFolder}).
 */
final class VideoFolder implements ImageDataset {
    private final String name;
    private final int channels;
    private final ClipSettings settings;
    private final List<Item> items;
    private final List<String> classes;
    private final String labelSource;
    private final List<PassedOver> passedOver;

    private record Item(String name, Video video, int label, String caption) {}

    private VideoFolder(
            String name, ReadOptions options, List<Item> items, Labels labels, List<PassedOver> passedOver) {
        this.name = name;
        channels = options.channels();
        settings = options.clip();
        this.items = items;
        classes = labels.classes();
        labelSource = labels.source();
        this.passedOver = passedOver;
    }

    /**
     * The clips below a folder.
     *
     * @throws IOException if there are none, or if labels or captions are not as they should be
     */
    static VideoFolder of(String name, FolderStore store, ReadOptions options, Split split, LeftOut leftOut)
            throws IOException {
        Map<StoredFile, Clip> clips = new HashMap<>();
        List<StoredFile> files = new ArrayList<>();
        for (Clip clip : ClipFiles.of(store, leftOut)) {
            clips.put(clip.file(), clip);
            files.add(clip.file());
        }
        leftOut.addAll(store.listing().leftOut());
        if (files.isEmpty())
            throw new IOException(
                    name + " has no clips (videos, GIF, WebP, folders of numbered pictures, strips of frames): "
                            + store.listing().seen() + leftOut.inWords());
        StorePictures all = StorePictures.all(store).with(files);
        List<StorePictures> chosen = Parts.chosen(name, split, List.of(all), leftOut);
        List<StoredFile> kept = chosen.get(0).pictures();
        Annotations annotations = Annotations.of(name, chosen, options.labels(), leftOut);
        String[] listed = kept.stream().map(file -> clips.get(file).label()).toArray(String[]::new);
        boolean byList =
                options.labels() == LabelRule.AUTO && Arrays.stream(listed).anyMatch(Objects::nonNull);
        Labels labels = byList ? Labels.written(listed, "annotations.txt") : annotations.labels();
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            StoredFile text = all.caption(kept.get(i));
            String caption = text == null ? annotations.captions()[i] : captionIn(text, store, leftOut);
            items.add(new Item(
                    store.name() + "/" + kept.get(i).name(),
                    clips.get(kept.get(i)).video(),
                    labels.of()[i],
                    caption));
        }
        leftOut.tell(name);
        return new VideoFolder(name, options, items, labels, leftOut.list());
    }

    private static String captionIn(StoredFile text, FolderStore store, LeftOut leftOut) throws IOException {
        try {
            return Lists.captionIn(text, store.read(text));
        } catch (CharacterCodingException e) {
            leftOut.add(Lists.GARBLED, text.name());
            return "";
        }
    }

    /** One video, animation or strip, which has no label. */
    static VideoFolder ofFile(Path file, ReadOptions options) throws IOException {
        Item item = new Item(file.toString(), Video.of(file), Sample.UNLABELLED, "");
        return new VideoFolder(
                file.toString(), options, List.of(item), Labels.none(1, "none: a single file"), List.of());
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
    public String choice() {
        boolean usual = settings.frames() == 1 && settings.rate() == 0;
        return usual ? "" : settings.frames() + " frames, " + settings.rate() + " a second";
    }

    @Override
    public boolean isOfClips() {
        return true;
    }

    @Override
    public Sample read(long index) throws IOException {
        return views(index, 1).get(0);
    }

    @Override
    public Sample read(long index, Rng chance) throws IOException {
        if (settings.sampling() == ClipSettings.Sampling.EVEN) return read(index);
        return sample(item(index), video -> video.random(settings, chance));
    }

    @Override
    public List<Sample> views(long index, int count) throws IOException {
        List<Sample> views = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int view = i;
            views.add(sample(item(index), video -> video.view(settings, view, count)));
        }
        return views;
    }

    private interface Choice {
        List<Picture> of(Video video) throws IOException;
    }

    private Sample sample(Item item, Choice choice) throws IOException {
        try {
            List<Picture> pictures = new ArrayList<>();
            for (Picture frame : choice.of(item.video)) pictures.add(Images.withChannels(frame, channels));
            Map<String, Column> columns = Map.of(
                    Columns.LABEL, new Column.Numbers(item.label),
                    Columns.CAPTION, new Column.Texts(List.of(item.caption)),
                    Columns.ATTRIBUTES, new Column.Facts(List.of(Map.of())));
            return new Sample(item.name, pictures, new Columns(columns));
        } catch (IOException e) {
            throw new IOException(item.name + ": " + Reason.of(e), e);
        }
    }

    private Item item(long index) {
        return items.get((int) Objects.checkIndex(index, size()));
    }

    @Override
    public String sampleName(long index) {
        return item(index).name;
    }

    @Override
    public String caption(long index) {
        return item(index).caption;
    }

    @Override
    public int label(long index) {
        return item(index).label;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String labelSource() {
        return labelSource;
    }

    @Override
    public List<PassedOver> passedOver() {
        return passedOver;
    }
}
