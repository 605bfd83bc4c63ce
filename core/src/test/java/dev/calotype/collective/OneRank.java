package dev.calotype.collective;

/** A world of one, of which tests change what they look at. */
public abstract class OneRank extends Ranks.Alone {}
