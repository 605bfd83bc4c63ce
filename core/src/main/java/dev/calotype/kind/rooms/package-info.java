/** The classifier that reads the attributes of drawn rooms, and in whose features rooms are judged. */
package dev.calotype.kind.rooms;
