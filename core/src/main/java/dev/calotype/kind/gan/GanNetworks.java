package dev.calotype.kind.gan;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.DataSettings;
import dev.calotype.model.DcganDiscriminator;
import dev.calotype.model.DcganGenerator;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GanFootprint;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.model.StyleGan2Config;
import dev.calotype.model.StyleGan2Discriminator;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.train.SlopePenalty;

/** The two players of a gan. In a recipe {@code network.architecture} names which, beside the keys of its record. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = GanNetworks.ARCHITECTURE)
@JsonSubTypes({
    @Type(value = GanNetworks.Dcgan.class, name = GanNetworks.DCGAN),
    @Type(value = GanNetworks.StyleGan2.class, name = GanNetworks.STYLEGAN2)
})
public sealed interface GanNetworks {
    /** The key of a recipe that names the architecture. */
    String ARCHITECTURE = "architecture";

    /** The name of {@link Dcgan}. */
    String DCGAN = "dcgan";

    /** The name of {@link StyleGan2}. */
    String STYLEGAN2 = "stylegan2";

    /** A fresh generator of such images, told one of {@code classes}, 0 for none. */
    GeneratorNetwork generator(DataSettings data, int classes, Rng rng);

    /** A fresh discriminator of such images, told one of {@code classes}, 0 for none. */
    DiscriminatorNetwork discriminator(DataSettings data, int classes, Rng rng);

    /** The memory that the two take. */
    GanFootprint footprint(DataSettings data, int classes, Precision precision);

    /** Throws IllegalArgumentException if these players cannot play such a game for such images. */
    void check(DataSettings data, ConditionSettings condition, GameSettings game);

    /** Those of Radford, Metz &amp; Chintala 2016, arXiv:1511.06434. */
    record Dcgan(DcganGenerator.Config generator, DcganDiscriminator.Config discriminator) implements GanNetworks {
        @Override
        public GeneratorNetwork generator(DataSettings data, int classes, Rng rng) {
            return new DcganGenerator(generator, ports(data, classes), rng);
        }

        @Override
        public DiscriminatorNetwork discriminator(DataSettings data, int classes, Rng rng) {
            return new DcganDiscriminator(discriminator, ports(data, classes), rng);
        }

        @Override
        public GanFootprint footprint(DataSettings data, int classes, Precision precision) {
            return GanFootprint.dcgan(generator, discriminator, ports(data, classes), precision);
        }

        @Override
        public void check(DataSettings data, ConditionSettings condition, GameSettings game) {
            ports(data, 0);
            Check.that(
                    discriminator.normalization() != Normalization.BATCH || game.penalty() == SlopePenalty.Kind.NONE,
                    "network.discriminator.normalization must be spectral or none beside a game.penalty",
                    Kebab.of(discriminator.normalization()));
            Check.that(
                    game.pathLength() == 0,
                    "game.pathLength must be 0 with network.architecture dcgan, which has no styles",
                    game.pathLength());
        }

        private static DcganGenerator.Ports ports(DataSettings data, int classes) {
            return new DcganGenerator.Ports(data.channels(), data.size(), classes);
        }
    }

    /**
     * Those of Karras et al. 2020, arXiv:1912.04958.
     *
     * @param latent the length of z
     * @param style the length of w
     * @param mapping layers between z and w, 1..16
     * @param base channels times side: a resolution of side r has base / r channels, but no more than {@code widest}
     * @param widest the most channels of a resolution
     */
    record StyleGan2(int latent, int style, int mapping, int base, int widest) implements GanNetworks {
        @Override
        public GeneratorNetwork generator(DataSettings data, int classes, Rng rng) {
            return new StyleGan2Generator(config(data), rng);
        }

        @Override
        public DiscriminatorNetwork discriminator(DataSettings data, int classes, Rng rng) {
            return new StyleGan2Discriminator(config(data), rng);
        }

        @Override
        public GanFootprint footprint(DataSettings data, int classes, Precision precision) {
            return GanFootprint.styleGan2(config(data), precision);
        }

        @Override
        public void check(DataSettings data, ConditionSettings condition, GameSettings game) {
            config(data);
            Check.that(
                    condition.by() == ConditionSettings.By.NONE,
                    "condition.by must be none with network.architecture stylegan2, which is told no class",
                    Kebab.of(condition.by()));
        }

        private StyleGan2Config config(DataSettings data) {
            return new StyleGan2Config(data.size(), data.channels(), latent, style, mapping, base, widest);
        }
    }
}
