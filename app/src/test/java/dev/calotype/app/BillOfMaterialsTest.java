package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What the jars are made of, as their bills of materials tell, which Maven writes beside the classes. */
class BillOfMaterialsTest {
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "BSD-4-Clause", // what the tool makes of "The BSD License"
            "EPL-1.0",
            "EPL 1.0",
            "EPL-2.0");

    @Test
    void everyDependencyMayBeHadUnderALicenceThatIsAllowed() throws IOException {
        List<URL> bills = Collections.list(getClass().getClassLoader().getResources("META-INF/sbom/bom.json"));
        assumeThat(bills).as("only Maven writes them").isNotEmpty();
        for (URL bill : bills) {
            JsonNode components;
            try (InputStream in = bill.openStream()) {
                components = new ObjectMapper().readTree(in).get("components");
            }
            assertThat(components).as(bill.toString()).isNotEmpty();
            for (JsonNode component : components)
                assertThat(licences(component))
                        .as(component.get("purl").asText())
                        .containsAnyElementsOf(ALLOWED);
        }
    }

    private static List<String> licences(JsonNode component) {
        return StreamSupport.stream(component.path("licenses").spliterator(), false)
                .map(each -> each.path("license"))
                .map(licence -> licence.path("id").asText(licence.path("name").asText()))
                .toList();
    }
}
