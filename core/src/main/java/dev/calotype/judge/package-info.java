/**
 * How good drawn pictures are. {@link dev.calotype.judge.Judge} compares two
 * {@linkplain dev.calotype.judge.PictureSource sides} in the features of a network that
 * {@link dev.calotype.judge.FeatureNetworks} opens, by {@linkplain dev.calotype.judge.Measure measures}, and says so in a
 * {@link dev.calotype.judge.Judgement}. {@link dev.calotype.judge.RoomsJudge} is the network for drawn rooms, and
 * {@link dev.calotype.judge.RoomLadder} what it is judged by itself.
 */
package dev.calotype.judge;
