package dev.calotype.experiment;

import dev.calotype.tensor.Engine;
import dev.calotype.tensor.ProcessMemory;
import java.util.List;

/** One measurement in a process of its own. */
public final class CostCell {
    private CostCell() {}

    public static void main(String[] a) {
        Engine.load(Integer.parseInt(a[1]));
        DiffusionExperiment e =
                (DiffusionExperiment) Recipe.parse("name: cell", List.of(a).subList(3, a.length));
        MemoryEstimate est = a[0].equals("step")
                ? MemoryEstimate.training(e)
                : MemoryEstimate.sampling(
                        new DiffusionModel.Request(e.sampling(), 0, -1),
                        e,
                        e.training().batch());
        Cost c = a[0].equals("step")
                ? Cost.ofStep(e, Integer.parseInt(a[2]))
                : Cost.ofEvaluation(e, e.training().batch(), Integer.parseInt(a[2]));
        long h = Runtime.getRuntime().totalMemory() >> 20;
        System.out.println(c + " | " + est + " heap " + h + " rss " + (ProcessMemory.resident() >> 20));
    }
}
