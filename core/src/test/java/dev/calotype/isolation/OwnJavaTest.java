package dev.calotype.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnJavaTest {
    private static List<?> command(ClassLoader loader) throws ReflectiveOperationException {
        Method command = Class.forName(OwnJava.class.getName(), true, loader).getDeclaredMethod("command");
        command.setAccessible(true);
        return (List<?>) command.invoke(null);
    }

    /** As programs are loaded that add libraries while they run, Spark's executors among them. */
    @Test
    void classesThatAnotherLoaderFoundInFilesAreFoundThere() throws Exception {
        List<URL> files = new ArrayList<>();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String file : path.split(File.pathSeparator))
            files.add(Path.of(file).toUri().toURL());
        try (URLClassLoader loader =
                new URLClassLoader(files.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            List<String> command =
                    command(loader).stream().map(String.class::cast).toList();
            String found = command.get(command.indexOf("-cp") + 1);
            int ours = System.getProperty("java.class.path").split(File.pathSeparator).length;
            assertThat(found.split(File.pathSeparator)).hasSize(files.size() + ours);
            Isolation isolation = new Isolation(() -> command, 1, Duration.ofHours(1));
            assertThat(isolation.done(new Quick(Quick.What.TELLS_ITS_PROCESS))).isNotEqualTo(Quick.own());
            isolation.waiting().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** As where jars lie in a jar. */
    @Test
    void whereClassesLieOtherwiseThereIsNoCommand() throws ReflectiveOperationException {
        ClassLoader secret = new ClassLoader(null) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                try (InputStream in = ClassLoader.getSystemResourceAsStream(name.replace('.', '/') + ".class")) {
                    byte[] code = in.readAllBytes();
                    return defineClass(name, code, 0, code.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        };
        assertThat(command(secret)).isEmpty();
    }

    /** Such as an agent that listens at a port which only one process can have. */
    @Test
    void optionsOfThisProcessAreItsOwn() {
        for (String own :
                List.of("-agentlib:jdwp=transport=dt_socket", "-Xmx9g", "-Dcalotype.home=a", "-javaagent:a.jar"))
            assertThat(OwnJava.isInherited(own)).as(own).isFalse();
        assertThat(OwnJava.isInherited("-XX:SharedArchiveFile=a.jsa")).isTrue();
    }
}
