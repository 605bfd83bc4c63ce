/** What every room needs of files and of names that people type. */
package dev.calotype.io;
