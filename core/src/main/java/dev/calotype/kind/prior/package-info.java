/**
 * Priors: what tells the vector of a picture from that of its caption, on the embeddings of a frozen encoder. Four methods learn
 * from the same pairs: a linear map, a network by the squared error, a diffusion process, and ECLIPSE.
 */
package dev.calotype.kind.prior;
