/**
 * Architectures: one file each, its {@code Config} record beside the class. They know layers and nothing of training.
 *
 * <p>{@link dev.calotype.model.UNet} is what diffusion trains. The {@link dev.calotype.model.FeatureNetwork}s are frozen:
 * they turn pictures into the vectors that metrics compare, and a {@link dev.calotype.model.Classifier} names what it
 * sees besides. {@link dev.calotype.model.InceptionV3} is the one to compare with papers;
 * {@link dev.calotype.model.TorchScriptFeatures} runs anybody's. {@link dev.calotype.model.PerceptualNetwork} tells how
 * different two pictures look. A {@link dev.calotype.model.PriorNetwork} is fitted to one picture alone:
 * {@link dev.calotype.model.SkipNet} is the one of Deep Image Prior. A {@link dev.calotype.model.GeneratorNetwork} and a
 * {@link dev.calotype.model.DiscriminatorNetwork} are trained against each other: {@link dev.calotype.model.DcganGenerator}
 * and {@link dev.calotype.model.DcganDiscriminator} are those of DCGAN.
 *
 * <p>A {@link dev.calotype.model.ClassifierNetwork} is trained to name what is in a picture:
 * {@link dev.calotype.model.vit.VisionTransformer}.
 * {@link dev.calotype.model.NetworkCost} tells parameters and multiplications of a shape, without making the network.
 *
 * <p>{@link dev.calotype.model.StyleGan2Generator} plays against {@link dev.calotype.model.StyleGan2Discriminator}. It has a
 * second latent space besides that of its noise, which {@link dev.calotype.model.Styles} mixes and truncates.
 */
package dev.calotype.model;
