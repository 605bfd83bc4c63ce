package dev.calotype.collect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the stored pictures look like, so that none is stored twice. */
final class Seen {
    private final int most;
    private final List<String> keys = new ArrayList<>();
    private long[] hashes = new long[1024];

    /** @param most bits in which two pictures of the same differ; -1 where all are kept */
    Seen(int most) {
        this.most = most;
    }

    /** The key of a picture that looks like this. */
    Optional<String> like(long hash) {
        for (int i = 0; most >= 0 && i < keys.size(); i++)
            if (PerceptualHash.distance(hashes[i], hash) <= most) return Optional.of(keys.get(i));
        return Optional.empty();
    }

    void add(long hash, String key) {
        if (keys.size() == hashes.length) hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        hashes[keys.size()] = hash;
        keys.add(key);
    }
}
