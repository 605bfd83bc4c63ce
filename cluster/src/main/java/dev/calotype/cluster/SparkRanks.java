package dev.calotype.cluster;

import dev.calotype.collective.Gloo;
import dev.calotype.collective.LostRanksException;
import dev.calotype.collective.Place;
import dev.calotype.collective.Ranks;
import dev.calotype.settings.Check;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Ranks that are the tasks of one barrier stage of Spark: all of them run at the same time. The first task leads at a free port of its executor,
 * and the others learn it from Spark. If one is lost, all are started again from here: Spark itself gives up a barrier stage that ends a job.
 */
public final class SparkRanks {
    private static final Logger LOG = LoggerFactory.getLogger(SparkRanks.class);
    private static final int ATTEMPTS = 4; // as Spark has it
    private static final long LOOK = 100; // milliseconds between two looks
    private static final int LOOKS = 30;

    private SparkRanks() {}

    /** What every rank does; it travels to the executors with all that it holds. */
    public interface Body<T> extends Serializable {
        /**
         * What must hold, as the executor of the first rank sees it, before the ranks meet. To try again would not help.
         *
         * @throws IllegalArgumentException if it does not
         */
        default void require() throws Exception {}

        /**
         * @param ranks closed afterwards
         * @param attempt how often all were started before
         */
        T run(Ranks ranks, int attempt) throws Exception;
    }

    /**
     * Runs {@code body} on so many ranks at once.
     *
     * @param world how many, 1..4096
     * @param patience how long the ranks wait for each other
     * @return what the tasks gave, in their order
     * @throws IllegalArgumentException if the cluster has fewer slots than ranks, or the body cannot be run
     * @throws ClusterException if it failed for good
     */
    public static <T> List<T> together(JavaSparkContext spark, int world, Duration patience, Body<T> body) {
        Check.range("ranks", world, 1, Gloo.MOST);
        int most = spark.getConf().getInt("spark.stage.maxConsecutiveAttempts", ATTEMPTS);
        for (int attempt = 0; ; attempt++) {
            requireSlots(spark, world, patience);
            try {
                return once(spark, world, patience, body, attempt);
            } catch (Exception e) { // Scala throws what Java calls checked
                if (!(e instanceof SparkException)) throw e;
                if (attempt + 1 >= most || !Causes.isLoss(e)) throw new ClusterException(Causes.sentence(e), e);
                LOG.warn("Ranks were lost: all are started again ({})", Causes.sentence(e));
            }
        }
    }

    private static <T> List<T> once(JavaSparkContext spark, int world, Duration patience, Body<T> body, int attempt) {
        String build = Build.here();
        Function1<Iterator<Integer>, Iterator<Answer<T>>> task =
                (Function1<Iterator<Integer>, Iterator<Answer<T>>> & Serializable)
                        given -> CollectionConverters.asScala(List.of(task(world, build, patience, body, attempt))
                                .iterator());
        ClassTag<Answer<T>> tag = ClassTag$.MODULE$.apply(Answer.class);
        List<Integer> numbers = IntStream.range(0, world).boxed().toList();
        RDD<Answer<T>> stage = spark.parallelize(numbers, world).rdd().barrier().mapPartitions(task, false, tag);
        List<Answer<T>> answers = JavaRDD.fromRDD(stage, tag).collect();
        String refusal = answers.get(0).refusal;
        if (!refusal.isEmpty()) throw new IllegalArgumentException(refusal);
        return answers.stream().map(Answer::value).toList();
    }

    /** What a task gave, or why it will not. */
    private record Answer<T>(T value, String refusal) implements Serializable {}

    private static <T> Answer<T> task(int world, String build, Duration patience, Body<T> body, int attempt) {
        BarrierTaskContext context = BarrierTaskContext.get();
        Build.require(build);
        Cores.loadEngine();
        String refusal = context.allGather(context.partitionId() == 0 ? refusal(body) : "")[0];
        if (!refusal.isEmpty()) return new Answer<>(null, refusal);
        String address = context.getTaskInfos()[context.partitionId()].address();
        String host = address.substring(0, address.lastIndexOf(':')).replaceAll("^\\[|]$", "");
        try (Ranks ranks = world == 1 ? Ranks.ALONE : join(context, host, world, build, patience)) {
            return new Answer<>(body.run(ranks, attempt), "");
        } catch (LostRanksException e) {
            yieldToCause(context);
            throw e;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ClusterException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The task that failed by itself says why: Spark ends the others meanwhile. */
    private static void yieldToCause(BarrierTaskContext context) {
        try {
            for (int i = 0; i < LOOKS && !context.isInterrupted(); i++) Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String refusal(Body<?> body) {
        try {
            body.require();
            return "";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ClusterException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Ranks join(BarrierTaskContext context, String host, int world, String build, Duration patience) {
        if (context.partitionId() == 0)
            return Gloo.lead(host, world, build, patience, place -> context.allGather(place.toString()));
        Place place = Place.of(context.allGather("")[0], Optional.of(host));
        return Gloo.join(place, build, patience);
    }

    /** Waits until the executors are there that the cluster was asked for: the check of Spark itself looks four times a minute. */
    private static void requireSlots(JavaSparkContext spark, int world, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        int slots = slots(spark);
        while (slots < world && System.nanoTime() < end && mayGrow(spark)) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException("interrupted while waiting for executors", e);
            }
            slots = slots(spark);
        }
        Check.that(
                slots >= world,
                "ranks must be at most the " + slots
                        + " tasks that the cluster runs at once (spark.executor.cores of every"
                        + " executor, divided by spark.task.cpus)",
                world);
    }

    private static boolean mayGrow(JavaSparkContext spark) {
        return !spark.master().startsWith("local[") && !spark.master().equals("local");
    }

    private static int slots(JavaSparkContext spark) {
        return spark.sc()
                .maxNumConcurrentTasks(spark.sc().resourceProfileManager().defaultResourceProfile());
    }
}
