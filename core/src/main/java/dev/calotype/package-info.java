/**
 * Generative image models on the JVM. Start with {@link dev.calotype.tensor} for the memory rule, then read the
 * packages in the order of their dependencies. What everything is made of: {@code io}, {@code settings}, {@code image},
 * {@code nn}, {@code model}, {@code diffusion}, {@code sampling}, {@code data}, {@code train}, {@code metric},
 * {@code checkpoint}, {@code restore}, {@code machine}. What is done with it: {@code experiment} says what a recipe and a kind of
 * model are, {@code judge} how good drawn pictures are, {@code run} trains, {@code drawing} draws, {@code kind} holds the
 * kinds of models; {@code sweep}, {@code restoration}, {@code study} and {@code report} are works on top.
 */
package dev.calotype;
