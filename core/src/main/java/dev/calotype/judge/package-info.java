/**
 * How good drawn pictures are. {@link dev.calotype.judge.Judge} compares two
 * {@linkplain dev.calotype.judge.PictureSource sides} in the features of a network that
 * {@link dev.calotype.judge.FeatureNetworks} opens, by {@linkplain dev.calotype.judge.Measure measures}, and says so in a
 * {@link dev.calotype.judge.Judgement}.
 */
package dev.calotype.judge;
