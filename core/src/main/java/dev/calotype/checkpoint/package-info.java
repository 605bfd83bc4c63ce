/**
 * Weights on disk.
 *
 * <table>
 * <caption>Which to choose</caption>
 * <tr><td>{@link dev.calotype.checkpoint.WeightFile}</td><td>reads weights of whatever format a file has</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.StoredTensor}</td><td>a tensor that is read when it is wanted</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.SafeTensors}</td><td>named tensors and texts: the format written here</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.PyTorchFile}</td><td>reads {@code .pt} and {@code .pth}, never runs them</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.Checkpoint}</td><td>all that is needed to continue a training run</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.CheckpointFolder}</td><td>the last few checkpoints of a run, and its best</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.Weights}</td><td>between named tensors and a network</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.WeightNames}</td><td>between the names of two code bases</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.DiffusersUNet}</td><td>a U-Net as a folder of Python's diffusers</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.vit.TransformersVit}</td><td>a vision transformer as a folder of Python's transformers: ViT,
 * DeiT, DINOv2</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.vit.TimmVit}</td><td>a vision transformer as a file of timm's weights</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.latent.DiffusersLatentUNet}</td><td>the networks of latent diffusion as folders of
 * diffusers</td></tr>
 * <tr><td>{@link dev.calotype.checkpoint.Digest}</td><td>tells whether two sets of weights are equal</td></tr>
 * </table>
 *
 * <p>Every file is untrusted: what it says is checked against what it holds before memory is taken for it, and what is
 * wrong with it is one sentence in an {@link java.io.IOException}. Tensors are read into the caller's scope; after a
 * failure nothing is left there. Networks are made by {@link dev.calotype.nn.Blank#make} without weights, and take those of a file one
 * at a time. Files are written beside their place and renamed, so a reader never sees half of one.
 *
 * <p>To support the weights of another code base, describe its names as a
 * {@link dev.calotype.checkpoint.WeightNames} and load the renamed tensors with
 * {@link dev.calotype.checkpoint.Weights#load}.
 */
package dev.calotype.checkpoint;
