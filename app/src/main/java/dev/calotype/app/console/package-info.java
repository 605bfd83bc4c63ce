/** What people see on the console while a command works, the log beside it, what Ctrl-C does, and where results go. */
package dev.calotype.app.console;
