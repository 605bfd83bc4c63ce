package dev.calotype.studio.web;

import java.util.Optional;
import java.util.Set;

/**
 * Where a studio listens and to whom.
 *
 * @param host an address or a name of this machine
 * @param port 0 for any that is free
 * @param names by which others know this server besides {@code host}, in lower case
 * @param key that requests must give; empty where none is wanted
 */
public record WebSettings(String host, int port, Set<String> names, Optional<String> key) {}
