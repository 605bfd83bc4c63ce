package dev.calotype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java in the documents is Java. */
class DocumentedCodeTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern NAME = Pattern.compile("(?m)^(?:public )?(?:final )?class (\\w+)");

    @TempDir
    private Path classes;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/library.md"})
    void codeInADocumentCompilesAsItStands(String document) throws IOException {
        String text = Files.readString(Checkout.root().resolve(document));
        List<String> blocks =
                BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
        assertThat(blocks).isNotEmpty();
        for (String block : blocks) assertThat(complaints(block)).as(block).isEmpty();
    }

    private String complaints(String code) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Matcher type = NAME.matcher(code);
        String file = type.find() ? type.group(1) : "Fragment";
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///" + file + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return code;
                    }
                };
        StringWriter complaints = new StringWriter();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options = List.of("-d", classes.toString(), "-cp", path, "-proc:none");
        compiler.getTask(complaints, null, null, options, null, List.of(source)).call();
        return complaints.toString();
    }
}
