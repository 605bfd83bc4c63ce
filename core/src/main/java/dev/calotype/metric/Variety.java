package dev.calotype.metric;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How different the generated pictures are from each other.
 *
 * @param featureDistance mean over pairs; {@code realFeatureDistance} that of the real pictures
 * @param msSsim mean over random pairs; null for pictures too small for it
 * @param msSsimScales of that
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Variety(double featureDistance, double realFeatureDistance, Double msSsim, Integer msSsimScales) {}
