package dev.calotype.collect;

/**
 * A row of a list.
 *
 * @param row its number from 0
 * @param url the address of a picture, as it stands there
 * @param caption what is said of it, as it stands there; empty where nothing is
 */
record Pair(long row, String url, String caption) {}
