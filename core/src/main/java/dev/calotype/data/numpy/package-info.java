/** Arrays in the files of NumPy: {@code .npy} and {@code .npz}. */
package dev.calotype.data.numpy;
