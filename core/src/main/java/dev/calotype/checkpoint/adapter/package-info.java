/**
 * Small files that change a model of others: {@link dev.calotype.checkpoint.adapter.LoraFile} adds what was learned of few pictures to
 * the weights of a pipeline while these are read, so that it costs nothing when pictures are drawn; {@link
 * dev.calotype.checkpoint.adapter.LearnedWord} is a word of its own. What does not fit is refused by its
 * name, for half of an adapter is another one.
 */
package dev.calotype.checkpoint.adapter;
