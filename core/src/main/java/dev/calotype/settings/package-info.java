/**
 * Text to values. {@link dev.calotype.settings.Yaml} lays YAML over defaults and makes records of it, enum constants are
 * written in kebab case ({@link dev.calotype.settings.Kebab}), a record holds its values to their ranges with
 * {@link dev.calotype.settings.Check}, and what is wrong is one sentence, a {@link dev.calotype.settings.RecipeException}.
 */
package dev.calotype.settings;
