package dev.calotype.tuning;

/**
 * One model, measured. What cannot be measured of it is NaN.
 *
 * @param name its run
 * @param method how it came of the base, such as {@code lora, rank 8}; {@code base} for the base itself
 * @param fid between what it draws of what the base knew and real pictures of that: what was forgotten; the lower the better
 * @param attribute the share of pictures of a class of rooms that have the blanket of that class
 * @param clipScore a hundred times the mean likeness of held-out captions and pictures that are drawn of them, of models that are told texts
 * @param identity the mean cosine similarity of each picture of the subject to the held-out picture of it that is most alike
 * @param diversity the mean distance between pictures of the subject over that between held-out ones
 * @param copies the share of pictures of the subject that look like copies of a picture learned from
 * @param shown the share of pictures of the subject that show the guest of rooms, where that is the subject
 * @param imagined the share of other pictures that show it
 * @param seconds of training
 * @param bytes of what a run itself holds of the weights that it draws with: of an adapter that alone
 */
public record Retained(
        String name,
        String method,
        double fid,
        double attribute,
        double clipScore,
        double identity,
        double diversity,
        double copies,
        double shown,
        double imagined,
        double seconds,
        long bytes) {}
