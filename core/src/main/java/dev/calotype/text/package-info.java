/**
 * Text to the numbers that a text encoder reads, and back, without a network.
 *
 * <p>{@link dev.calotype.text.Tokenizers#open} opens a file: the vocabulary of OpenAI's CLIP, the {@code merges.txt} of a model
 * of Hugging Face, or a {@code tokenizer.json}. Where there is none, {@link dev.calotype.text.Merges#learned} makes a vocabulary
 * of the captions at hand. {@link dev.calotype.text.ClipTokenizer} needs nothing else; {@link dev.calotype.text.JsonTokenizer}
 * needs the optional library {@code ai.djl.huggingface:tokenizers} on the class path.
 *
 * <p>The same vocabulary does not mean the same numbers: the programs clean a text differently, see {@link
 * dev.calotype.text.TextCleaning}.
 *
 * <p>To add another tokenizer, implement {@link dev.calotype.text.Tokenizer} and let {@code Tokenizers} recognise its file by
 * content.
 */
package dev.calotype.text;
