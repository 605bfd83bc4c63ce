package dev.calotype.cluster;

import dev.calotype.io.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A Spark for tests that want a {@link SparkSession} or its context: a standalone master and two workers, each a process of its own, and an executor of one core from each
 * worker. All tests of a JVM share it.
 */
final class TwoExecutors implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return List.of(SparkSession.class, JavaSparkContext.class)
                .contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        SparkSession session = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(TwoExecutors.class, key -> new Cluster(), Cluster.class)
                .session;
        return parameter.getParameter().getType() == SparkSession.class
                ? session
                : new JavaSparkContext(session.sparkContext());
    }

    /** The processes of executors. */
    static Stream<ProcessHandle> executors() {
        return ProcessHandle.current()
                .children()
                .flatMap(ProcessHandle::children) // of workers
                .filter(child -> child.info().command().orElse("").endsWith("java"));
    }

    private static final class Cluster implements AutoCloseable {
        private static final Duration PATIENCE = Duration.ofMinutes(2);

        private final TemporaryFolder folder;
        private final List<Process> processes = new ArrayList<>();
        private final Thread killed = new Thread(this::destroy);
        private final SparkSession session;

        Cluster() {
            try {
                folder = TemporaryFolder.create("calotype-cluster-");
                Runtime.getRuntime().addShutdownHook(killed);
                session = session(master());
            } catch (IOException e) {
                destroy();
                throw new UncheckedIOException(e);
            } catch (RuntimeException | Error e) {
                destroy();
                throw e;
            }
        }

        /** The address of a master with two workers. */
        private String master() throws IOException {
            Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
            int port = freePort();
            String master = "spark://127.0.0.1:" + port;
            start(Master.class, "--host", "127.0.0.1", "--port", String.valueOf(port), "--webui-port", "0");
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (!listens(port)) {
                if (!processes.get(0).isAlive() || System.nanoTime() > until)
                    throw new IllegalStateException(
                            "no master at " + master + ": " + Files.readString(log(Master.class)));
                LockSupport.parkNanos(50_000_000);
            }
            for (int i = 0; i < 2; i++) {
                String work = folder.path().resolve("work" + i).toString();
                start(Worker.class, "--cores", "1", "--memory", "1g", "--webui-port", "0", "-d", work, master);
            }
            return master;
        }

        private SparkSession session(String master) {
            return SparkSession.builder()
                    .appName("calotype")
                    .master(master)
                    .config("spark.ui.enabled", "false")
                    .config("spark.driver.host", "127.0.0.1")
                    .config("spark.driver.bindAddress", "127.0.0.1")
                    .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                    .config(
                            "spark.executor.extraJavaOptions",
                            JavaModuleOptions.defaultModuleOptions() + " -XX:ActiveProcessorCount=4") // of any machine
                    .config("spark.executorEnv.OMP_WAIT_POLICY", "passive")
                    .config("spark.local.dir", folder.path().resolve("spark").toString())
                    .getOrCreate();
        }

        private Path log(Class<?> type) {
            return folder.path().resolve(type.getSimpleName() + ".log");
        }

        private void start(Class<?> type, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
            command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            command.add("-Dspark.port.maxRetries=0"); // a port that was taken meanwhile is a failure
            command.add("-Dspark.master.rest.enabled=false"); // whose port is the same for all masters of a machine
            command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), type.getName()));
            command.addAll(List.of(arguments));
            processes.add(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log(type).toFile()))
                    .start());
        }

        private static int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        private static boolean listens(int port) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        /** Workers end their executors. */
        private void destroy() {
            processes.forEach(Process::destroy);
        }

        @Override
        public void close() throws Exception {
            session.stop();
            destroy();
            for (Process process : processes) process.waitFor();
            Runtime.getRuntime().removeShutdownHook(killed);
            folder.close();
        }
    }
}
