/**
 * Reports for people. {@link dev.calotype.report.Report} writes a run, a sweep, a study or several of them as one HTML
 * file or as Markdown. {@code RunReport}, {@code SweepReport}, {@code StudyReport} and {@code Comparison} say what there is to say, as a {@code Document}
 * of {@code Block}s; {@code Html} and {@code Markdown} know how to write one.
 *
 * <p>A new section is a method of the first four. A new kind of content is a {@code Block} and a branch in both writers.
 */
package dev.calotype.report;
