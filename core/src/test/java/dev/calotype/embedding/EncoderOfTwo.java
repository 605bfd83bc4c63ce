package dev.calotype.embedding;

import dev.calotype.text.Tokens;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** An encoder of a test, whose vectors have two values; nobody asks it for tokens. */
public interface EncoderOfTwo extends Encoder {
    @Override
    default int length() {
        return 2;
    }

    @Override
    default int side() {
        return 32;
    }

    @Override
    default Tokens tokens(List<String> texts) {
        throw new UnsupportedOperationException();
    }

    @Override
    default int width() {
        return 2;
    }

    @Override
    default Tensor words(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    default double scale() {
        return 10;
    }
}
