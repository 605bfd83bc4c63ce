/** The text encoder of T5 (Raffel et al. 2020), which diffusion models of words are told by: {@link dev.calotype.model.t5.T5Encoder}. */
package dev.calotype.model.t5;
