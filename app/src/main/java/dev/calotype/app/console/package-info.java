/** What people see on the console while a command works, the log beside it, and what Ctrl-C does. */
package dev.calotype.app.console;
