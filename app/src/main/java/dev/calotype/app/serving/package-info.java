/** Commands that serve: {@code studio}. */
package dev.calotype.app.serving;
