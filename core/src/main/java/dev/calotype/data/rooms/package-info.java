/** Rooms. */
package dev.calotype.data.rooms;
