/** Generated attacks on every reader of files that strangers may have made: docs/trust.md says what they hold and how to run them for hours. */
package dev.calotype.attack;
