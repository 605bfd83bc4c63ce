package dev.calotype.collect;

/** Why a row of a list became no picture. */
public enum Cause {
    ADDRESS("the address is none of http or https"),
    HOST("its host is not found"),
    PRIVATE("its host is at an address that is not public"),
    ROBOTS("robots.txt of its host does not allow it"),
    NO_AI("its header X-Robots-Tag does not allow it"),
    CONNECTION("no connection, or it broke"),
    SILENT("its host does not answer"),
    CERTIFICATE("the certificate of its host is not valid"),
    TIME("it took too long"),
    BUSY("the host asked to come back later"),
    MISSING("the host has no such file"),
    REFUSED("the host refused it"),
    SERVER("the host failed"),
    REDIRECTS("it was sent on too often"),
    BYTES("it has too many bytes"),
    ENCODED("it came compressed, which was not asked for"),
    NO_PICTURE("what came is no picture"),
    DAMAGED("the picture is damaged or of a kind that is not read"),
    PIXELS("the picture has too many pixels"),
    SMALL("the picture is too small"),
    DUPLICATE("the picture is there already");

    private final String words;

    Cause(String words) {
        this.words = words;
    }

    /** Whether the picture came, and was not wanted as it is: {@code failed_to_resize} of img2dataset. */
    boolean isOfThePicture() {
        return compareTo(NO_PICTURE) >= 0;
    }

    /** A sentence without its full stop. */
    @Override
    public String toString() {
        return words;
    }
}
