package dev.calotype.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/** A Spark with two executors, each a process of its own with one core. */
final class TwoExecutors {
    private TwoExecutors() {}

    /** @param folder for what they need */
    static SparkSession start(Path folder) throws IOException {
        Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        return SparkSession.builder()
                .appName("calotype")
                .master("local-cluster[2,1,1024]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", JavaModuleOptions.defaultModuleOptions())
                .config("spark.executorEnv.OMP_WAIT_POLICY", "passive")
                .config("spark.local.dir", folder.resolve("spark").toString())
                .config("spark.worker.dir", folder.resolve("work").toString())
                .getOrCreate();
    }
}
