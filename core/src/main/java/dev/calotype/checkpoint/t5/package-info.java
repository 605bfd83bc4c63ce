/** Text encoders of T5 from the files of transformers: {@link dev.calotype.checkpoint.t5.TransformersT5}. */
package dev.calotype.checkpoint.t5;
