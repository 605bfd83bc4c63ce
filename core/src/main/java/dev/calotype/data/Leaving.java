package dev.calotype.data;

import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import java.io.IOException;
import java.util.List;

/** A data set beside which something lies that is not used. */
record Leaving(ImageDataset data, List<PassedOver> passedOver) implements ImageDataset {
    /** {@code data} with what it leaves out, which is told. */
    static ImageDataset some(ImageDataset data, LeftOut leftOut) {
        leftOut.tell(data.name());
        List<PassedOver> lines = leftOut.list();
        return lines.isEmpty() ? data : new Leaving(data, lines);
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public long size() {
        return data.size();
    }

    @Override
    public int label(long index) throws IOException {
        return data.label(index);
    }

    @Override
    public List<String> classes() {
        return data.classes();
    }

    @Override
    public String labelSource() {
        return data.labelSource();
    }

    @Override
    public Sample read(long index) throws IOException {
        return data.read(index);
    }

    @Override
    public void close() throws IOException {
        data.close();
    }
}
