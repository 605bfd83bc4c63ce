package dev.calotype.train;

/** How the weights follow their gradients. */
public enum Optimizer {
    /** Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019). */
    ADAMW,
    /**
     * Muon (Jordan et al. 2024) for the matrices and convolutions between the first and the last layer, AdamW for the rest. Both
     * go by one learning rate, since Muon's updates are scaled to the size of Adam's (Liu et al. 2025).
     */
    MUON
}
