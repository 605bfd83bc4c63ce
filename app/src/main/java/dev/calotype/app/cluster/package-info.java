/** Trainings that several processes share: how they find each other, and the command of those that follow. */
package dev.calotype.app.cluster;
