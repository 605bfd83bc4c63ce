package dev.calotype.collect;

import java.util.List;

/**
 * What a host answered with.
 *
 * @param status of HTTP
 * @param robots values of its headers X-Robots-Tag
 * @param location where it sends on to; empty where it does not
 * @param waitMillis how long it asks to wait; 0 where it does not
 * @param body empty unless {@code status} is 200
 */
record Answer(int status, List<String> robots, String location, long waitMillis, byte[] body) {
    boolean isRedirect() {
        return status >= 300 && status < 400 && status != 304 && !location.isEmpty();
    }
}
