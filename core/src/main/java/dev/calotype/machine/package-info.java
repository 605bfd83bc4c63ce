/** What this machine has: the device that a recipe asks for, and {@link dev.calotype.machine.Doctor}, who examines it. */
package dev.calotype.machine;
