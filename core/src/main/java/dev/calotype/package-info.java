/**
 * Generative image models on the JVM. Start with {@link dev.calotype.tensor} for the memory rule, then read the
 * packages in the order of their dependencies: {@code io}, {@code image}, {@code data}, {@code nn}, {@code model},
 * {@code diffusion}, {@code sampling}, {@code train}, {@code metric}, {@code checkpoint}, {@code experiment}.
 */
package dev.calotype;
