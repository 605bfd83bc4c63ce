#!/usr/bin/env bash
# org.apache.spark:spark-core_2.13 4.2.0
#
# Behaviour: a barrier stage whose task fails is started again as a whole, up to spark.stage.maxConsecutiveAttempts times, but only if a shuffle
# follows it. Where its results go to the driver (`collect`, `count`, `foreachPartition`: the usual end of a distributed training) the job is given up at
# once: "Could not recover from a failed barrier ResultStage".
# One would guess otherwise: that all tasks of a barrier stage are started again is what the mode is documented for, ordinary tasks of the same job
# are tried four times, and BarrierTaskContext.stageAttemptNumber() invites to resume from a checkpoint when it is not 0.
# Costs: one lost executor ends a training of hours; the code that resumes from the last checkpoint is there and never runs, and a test that calls it
# with a larger attempt number passes.
#
# Seen, a barrier stage of two tasks, one of which fails when the stage is started for the first time:
#   a barrier stage that ends its job: given up after 1 starts; one that a shuffle follows: done after 2 starts
#
# Fetches 130 jars (230 MB) by Maven.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>barrier</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId>
      <artifactId>spark-core_2.13</artifactId>
      <version>4.2.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile="$tmp/path" >maven.log 2>&1 || { cat maven.log; exit 2; }
cat > Barrier.java <<'JAVA'
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

public class Barrier {
    static final AtomicInteger STARTED = new AtomicInteger();

    public static void main(String[] arguments) {
        SparkConf settings = new SparkConf().setAppName("barrier").setMaster("local[2]")
                .set("spark.ui.enabled", "false").set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1");
        try (JavaSparkContext spark = new JavaSparkContext(settings)) {
            String ends = told(spark, false), continues = told(spark, true);
            System.out.println("a barrier stage that ends its job: " + ends + "; one that a shuffle follows: " + continues);
            boolean so = ends.startsWith("given up") && continues.startsWith("done after 2 ");
            System.out.println(so
                    ? "reproduced: a barrier stage is started again only if a shuffle follows it"
                    : "no longer so: both are started again");
            System.exit(so ? 0 : 1);
        }
    }

    /** Task 0 fails when the stage is started for the first time. */
    static String told(JavaSparkContext spark, boolean shuffled) {
        STARTED.set(0);
        ClassTag<Integer> tag = ClassTag$.MODULE$.apply(Integer.class);
        Function1<Iterator<Integer>, Iterator<Integer>> task = (Function1<Iterator<Integer>, Iterator<Integer>> & Serializable) given -> {
            BarrierTaskContext.get().barrier();
            if (BarrierTaskContext.get().partitionId() == 0 && STARTED.incrementAndGet() == 1)
                throw new IllegalStateException("lost");
            BarrierTaskContext.get().barrier();
            return given;
        };
        JavaRDD<Integer> stage = JavaRDD.fromRDD(
                spark.parallelize(List.of(1, 2), 2).rdd().barrier().mapPartitions(task, false, tag), tag);
        String end = "done";
        try {
            (shuffled ? stage.repartition(1) : stage).collect();
        } catch (Exception e) {
            end = "given up";
        }
        return end + " after " + STARTED.get() + " starts";
    }
}
JAVA
cat > Options.java <<'JAVA'
class Options {
    public static void main(String[] arguments) {
        System.out.println(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions());
    }
}
JAVA
path=$(cat path)
javac -cp "$path" -d classes Barrier.java Options.java
read -ra options < <(java -cp "classes:$path" Options)
java "${options[@]}" -cp "classes:$path" Barrier 2>spark.log || { code=$?; [ $code = 1 ] || cat spark.log; exit $code; }
