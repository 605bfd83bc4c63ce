package dev.calotype.studio.web;

/** A part of a studio with routes and types of jobs of its own, found as a service. */
public interface Room {
    /** Adds what it has, before anything starts. */
    void open(Routes routes, Workshop workshop);
}
