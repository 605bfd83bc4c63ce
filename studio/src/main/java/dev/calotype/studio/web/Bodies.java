package dev.calotype.studio.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.Refusal;
import io.javalin.http.Context;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What requests carry, read within bounds. */
public final class Bodies {
    private static final int JSON_BYTES = 1 << 20, DEPTH = 32;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(100)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Bodies() {}

    /**
     * The JSON object that a request carries.
     *
     * @throws Refusal if it is something else, or larger than 1 MiB
     */
    public static ObjectNode json(Context context) throws IOException {
        requireType(context, "application/json");
        byte[] bytes = bounded(context.req().getInputStream(), JSON_BYTES);
        try {
            JsonNode tree = JSON.readTree(bytes);
            if (tree instanceof ObjectNode object) return object;
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "bad_json", "the body is not JSON: " + reason(e));
        }
        throw new Refusal(400, "bad_json", "the body must be a JSON object");
    }

    /** Without what the parser says of its source. */
    private static String reason(JsonProcessingException e) {
        String line = e.getOriginalMessage().lines().findFirst().orElse("");
        String plain = line.replaceAll("\\s*\\([^()]*\\[Source: .*", "").replaceAll("\\s*\\[Source: .*", "");
        JsonLocation place = e.getLocation();
        return place == null ? plain : plain + " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    /** Bytes of a stream. */
    private static byte[] bounded(InputStream in, long most) throws IOException {
        byte[] bytes = in.readNBytes(Math.toIntExact(most + 1));
        if (bytes.length > most) throw new Refusal(413, "too_large", "the body must have at most " + most + " bytes");
        return bytes;
    }

    private static void requireType(Context context, String type) {
        String given = context.req().getContentType();
        String said = given == null ? "nothing" : given.split(";")[0].strip().toLowerCase(Locale.ROOT);
        if (!said.equals(type)) throw new Refusal(415, "wrong_type", "the content type must be " + type);
    }

    /** A form with files. */
    public record Form(Map<String, List<byte[]>> files, ObjectNode fields) {
        /**
         * This form, whose files must have these names.
         *
         * @throws IllegalArgumentException if one has another
         */
        public Form knowing(List<String> names) {
            for (String name : files.keySet())
                if (!names.contains(name))
                    throw new IllegalArgumentException("the form must have no files but " + String.join(", ", names)
                            + ": " + (name.length() <= 60 ? name : name.substring(0, 60) + "..."));
            return this;
        }

        /**
         * The one file of a name.
         *
         * @throws IllegalArgumentException if there is none, or are several
         */
        public byte[] file(String name) {
            List<byte[]> found = files.getOrDefault(name, List.of());
            if (found.size() != 1) throw new IllegalArgumentException("the form must have one file, called " + name);
            return found.get(0);
        }
    }

    /**
     * The form that a request carries as {@code multipart/form-data}; fields are texts. A part is a file if it has the name of one, or is
     * of another type than text: some clients send bytes without a name.
     *
     * @throws Refusal if it is something else, damaged, or too large, or cannot be kept meanwhile
     */
    public static Form form(Context context, long mostBytes) throws IOException {
        requireType(context, "multipart/form-data");
        Map<String, List<byte[]>> files = new LinkedHashMap<>();
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        try {
            context.uploadedFileMap(); // takes the limits that the server has
            for (Part part : context.req().getParts())
                try (InputStream in = part.getInputStream()) {
                    String name = part.getName();
                    if (isFile(part))
                        files.computeIfAbsent(name, all -> new ArrayList<>()).add(bounded(in, mostBytes));
                    else if (fields.has(name))
                        throw new IllegalArgumentException("the field " + name + " is there twice");
                    else fields.put(name, new String(bounded(in, JSON_BYTES), StandardCharsets.UTF_8));
                }
        } catch (Refusal | IllegalArgumentException e) {
            throw e;
        } catch (Exception e) { // checked ones too, which Kotlin does not declare
            throw refused(e, mostBytes);
        }
        return new Form(files, fields);
    }

    /** What the server says of a form, by what lies below: it wraps all in the same words. */
    private static Refusal refused(Exception e, long mostBytes) {
        Throwable root = e;
        while (root.getCause() != null) root = root.getCause();
        if (root instanceof FileSystemException || root.getClass() == IOException.class)
            return Refusal.notKept("the form", e);
        if (root instanceof IllegalStateException
                && String.valueOf(root.getMessage()).startsWith("max "))
            return new Refusal(413, "too_large", "a file of a form must have at most " + mostBytes + " bytes");
        return new Refusal(
                400,
                "bad_form",
                "the form is damaged: it must be multipart/form-data, whole, of at most 1000 parts that have names");
    }

    private static boolean isFile(Part part) {
        String type = part.getContentType();
        return part.getSubmittedFileName() != null
                || type != null && !type.toLowerCase(Locale.ROOT).matches("(text/|application/json).*");
    }

    /**
     * A file of a form.
     *
     * @param name of the part
     */
    public static byte[] file(Context context, String name, long mostBytes) throws IOException {
        return form(context, mostBytes).file(name);
    }
}
