package dev.calotype.study;

import dev.calotype.io.FileId;
import dev.calotype.restoration.Method;
import dev.calotype.restore.Budget;

/**
 * One method on one degraded picture.
 *
 * @param id names its files: what it is for people, and a hash of all that its result depends on. A trial that a changed
 *     study file still has is therefore still done
 * @param degradation in its text form
 * @param seed of the degradation and of the method
 */
public record Trial(String id, Method method, TestPicture picture, String degradation, long seed, Budget budget) {
    /** Names the degraded picture, which all methods share. */
    public String observedId() {
        return FileId.of(
                picture.name() + " " + degradation + " s" + seed,
                picture.identity() + "\n" + degradation + "\n" + seed);
    }
}
