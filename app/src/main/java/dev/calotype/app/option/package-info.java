/** Options that several commands share, and what they turn their values into. */
package dev.calotype.app.option;
