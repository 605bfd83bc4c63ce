package dev.calotype.data.label;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The folders that divide pictures: of each name the first one below the folders that all share.
 *
 * @param shared the longest folder that all names lie in, with its slash; empty if there is none
 * @param of the folder of each picture, null where there is none
 */
record TopFolders(String shared, String[] of) {
    /** The folders of at least one name, which have {@code /} between folders. */
    static TopFolders of(List<String> names) {
        String shared = shared(names);
        String[] folders = new String[names.size()];
        for (int i = 0; i < folders.length; i++) {
            int slash = names.get(i).indexOf('/', shared.length());
            folders[i] = slash < 0
                    ? null
                    : names.get(i).substring(shared.length(), slash).intern();
        }
        return new TopFolders(shared, folders);
    }

    /** Whether every picture lies in one. */
    boolean holdAll() {
        return Arrays.stream(of).allMatch(Objects::nonNull);
    }

    /** Each once, sorted. */
    List<String> distinct() {
        return Arrays.stream(of).filter(Objects::nonNull).distinct().sorted().toList();
    }

    private static String shared(List<String> names) {
        String shared = names.get(0).substring(0, names.get(0).lastIndexOf('/') + 1);
        for (String name : names)
            while (!name.startsWith(shared))
                shared = shared.substring(0, shared.lastIndexOf('/', shared.length() - 2) + 1);
        return shared;
    }
}
