package dev.calotype.studio.embed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.embedding.Encoder;
import dev.calotype.image.Picture;
import dev.calotype.run.EncoderFile;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** Jobs that take pictures or texts to vectors of one space. */
record EmbedType(Workshop workshop) implements JobType {
    private static final int MOST = 256;

    @Override
    public String name() {
        return "embed";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(List.of("model", "images", "texts"));
        ModelEntry entry = workshop.models().model(fields.requireText("model"));
        entry.require("embed");
        List<String> texts = words(fields, "texts");
        List<String> pictures = words(fields, "images");
        pictures.forEach(workshop.uploads()::file);
        Check.that(
                texts.isEmpty() != pictures.isEmpty(),
                "either images or texts must be given",
                pictures.size() + " images and " + texts.size() + " texts");
        return new Embedding(workshop, entry, pictures, texts, request);
    }

    private static List<String> words(Fields fields, String name) {
        List<String> words = new ArrayList<>();
        for (JsonNode word : fields.list(name, MOST)) {
            Check.that(word.isTextual(), name + " must be texts", word.getNodeType());
            words.add(word.textValue());
        }
        return words;
    }

    /** Vectors of some pictures, by their ids, or of some texts. */
    private record Embedding(
            Workshop workshop, ModelEntry entry, List<String> pictures, List<String> texts, ObjectNode asked)
            implements Work {
        @Override
        public String title() {
            return "vectors of " + (texts.isEmpty() ? pictures.size() + " pictures" : texts.size() + " texts") + " by "
                    + entry.id();
        }

        @Override
        public Optional<String> model() {
            return Optional.of(entry.id());
        }

        @Override
        public Outcome run(JobRun run) throws IOException {
            EncoderFile file = workshop.open()
                    .use(
                            entry,
                            "encoder",
                            place -> EncoderFile.open(entry.path(), new Placement(place.device(), Precision.FP32)),
                            EncoderFile.class);
            Encoder encoder = file.encoder();
            String cut = texts.isEmpty() ? "" : encoder.tokens(texts).cutInWords();
            if (!cut.isEmpty()) run.log(cut);
            ObjectNode answer = JsonNodeFactory.instance
                    .objectNode()
                    .put("model", entry.id())
                    .put("weights", encoder.hash());
            ArrayNode vectors = answer.putArray("vectors");
            if (!texts.isEmpty()) add(vectors, texts.size(), () -> encoder.texts(texts));
            for (int i = 0; i < pictures.size(); i++) { // one after the other: large ones would fill the heap
                run.check();
                Picture picture = workshop.uploads().picture(pictures.get(i)).colours();
                add(vectors, 1, () -> encoder.pictures(List.of(picture)));
                run.progress(i + 1, pictures.size(), "pictures");
            }
            ObjectNode settings = JsonNodeFactory.instance.objectNode().put("type", "embed");
            settings.set("request", asked);
            run.result(answer.toString().getBytes(StandardCharsets.UTF_8), "json", settings);
            return Outcome.DONE;
        }

        /** @param found (N, E) */
        private static void add(ArrayNode vectors, int count, Supplier<Tensor> found) {
            float[] all = Scope.read(() -> Tensors.floats(found.get()));
            int length = all.length / count;
            for (int i = 0; i < count; i++) {
                ArrayNode vector = vectors.addArray();
                for (int k = 0; k < length; k++) vector.add(all[i * length + k]);
            }
        }
    }
}
