/** The command line: each command parses its arguments and ends in one call of the library. */
package dev.calotype.app;
