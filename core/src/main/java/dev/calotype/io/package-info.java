/** What every room needs of files and of names that people type, and the files that TensorBoard follows. */
package dev.calotype.io;
