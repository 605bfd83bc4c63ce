package dev.calotype.study;

import dev.calotype.tensor.Engine;
import java.nio.file.Path;

/** A study in a process of its own, which tells on its standard output of each trial. */
final class StudyChild {
    private StudyChild() {}

    /** Runs the study in the folder {@code arguments[0]}, where its pictures are. */
    public static void main(String... arguments) throws Exception {
        Engine.load(1);
        Path folder = Path.of(arguments[0]);
        Study study = Study.parse(Studies.QUICK, folder);
        new StudyRun(study, StudyDirectory.create(folder, study), (result, done, all) -> tell(result.trial())).run();
        tell("done");
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
