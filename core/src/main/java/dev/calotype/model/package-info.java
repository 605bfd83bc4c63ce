/** Architectures: one file each, its {@code Config} record beside the class. They know layers and nothing of training. */
package dev.calotype.model;
