/**
 * Work on files of strangers by native code, in processes of its own, so that a fault in it costs one file and not the program.
 *
 * <p>{@link dev.calotype.isolation.Isolated} is such work: decoders of FFmpeg are. {@link dev.calotype.isolation.Isolation} has it done.
 * {@code Worker} is one process, seen from here, {@code WorkerMain} what runs in it; they talk through its standard input and output.
 * To isolate another decoder, make what it is asked a record that implements {@code Isolated}.
 */
package dev.calotype.isolation;
