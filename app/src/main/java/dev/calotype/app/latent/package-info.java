/** What commands print of autoencoders. */
package dev.calotype.app.latent;
