/** Commands that serve: {@code studio}, and what draws its pictures again, {@code reproduce}. */
package dev.calotype.app.serving;
