/**
 * The network that reads the attributes of drawn rooms, sees what is no room, and in whose features rooms are judged.
 *
 * <p>{@code JudgeTask} trains it by {@code Lesson}s: rooms as they are, rooms with flaws ({@code RoomDamage}, which takes them from
 * {@code LostDetail} and {@code Rearrangement}) and {@code StrangePictures}. To add a flaw: a constant in
 * {@link dev.calotype.judge.Flaw}, a method that does the damage and says how strong it is, and a ladder in
 * {@link dev.calotype.judge.RoomLadder} that holds the judge to it. The resource has to be trained anew then.
 */
package dev.calotype.kind.rooms;
