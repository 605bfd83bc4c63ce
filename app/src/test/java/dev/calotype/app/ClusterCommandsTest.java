package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong of trainings that several processes share is told before any of them waits. */
class ClusterCommandsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            train ../recipes/quickstart.yaml --store localhost:29555 --dry-run              | --store and --patience want --world N
            train ../recipes/quickstart.yaml --world 2 --dry-run                            | --world wants --store HOST:PORT
            train ../recipes/quickstart.yaml --world 0 --store localhost:29555              | --world must be in 1..4096: 0
            train ../recipes/quickstart.yaml --world 2 --store localhost                    | the store must be HOST:PORT with a port in 1..65535: localhost
            train ../recipes/quickstart.yaml --world 2 --store localhost:1 --patience 0     | --patience must be in 1..86400 seconds: 0
            train ../recipes/quickstart.yaml --world 3 --store localhost:29555              | training.batch must be a multiple of the 3 processes: 16
            train ../recipes/dcgan-rooms64.yaml --world 2 --store localhost:29555           | cannot be trained by 2 processes: trainings of its kind need the whole batch
            evaluate rooms:test --against rooms:train --world 2 --store a:1 | --world and --store would do nothing here: they are of what a model draws
            worker --store localhost:0                                      | the store must be HOST:PORT with a port in 1..65535: localhost:0
            """)
    void oneSentenceAndExitCode2(String command, String said) {
        Run run = Run.of(command.split(" "));
        assertThat(run.err()).contains(said).doesNotContain("Waiting");
        assertThat(run.exit()).isEqualTo(2);
    }

    @Test
    void whoFindsNobodySaysSo() {
        Run run = Run.of("worker", "--store", "localhost:1", "--patience", "1");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("were not all there within 1.0 s: nobody listens there");
    }
}
