package dev.calotype.collect;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of a row of a list, in the columns of img2dataset.
 *
 * @param url the address as it stands in the list
 * @param key the name of its files, digits of the shard and of the row within it
 * @param status {@code success}, {@code failed_to_download} or {@code failed_to_resize}
 * @param errorMessage why it failed; null where it did not
 * @param caption cleaned of HTML
 * @param width of the picture that is stored, as {@code height}; null where none is
 * @param originalWidth of the picture that came, as {@code originalHeight}
 * @param sha256 of the bytes that came, in hexadecimal digits
 * @param phash what it looks like, in hexadecimal digits: 64 bits
 */
record Outcome(
        String url,
        String key,
        String status,
        @JsonProperty("error_message") String errorMessage,
        String caption,
        Integer width,
        Integer height,
        @JsonProperty("original_width") Integer originalWidth,
        @JsonProperty("original_height") Integer originalHeight,
        String sha256,
        String phash) {
    static final String SUCCESS = "success", NO_DOWNLOAD = "failed_to_download", NO_RESIZE = "failed_to_resize";

    static Outcome failed(Pair pair, String key, String caption, Cause cause, String detail) {
        String message = detail.isEmpty() ? cause.toString() : cause + " (" + detail + ")";
        String status = cause.isOfThePicture() ? NO_RESIZE : NO_DOWNLOAD;
        return new Outcome(pair.url(), key, status, message, caption, null, null, null, null, null, null);
    }

    boolean isSuccess() {
        return status.equals(SUCCESS);
    }
}
