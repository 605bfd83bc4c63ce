/** What {@code evaluate} tells of encoders, of priors, and of what is drawn of words. */
package dev.calotype.app.words;
