package dev.calotype.train;

/** How the weights follow their gradients. */
public enum Optimizer {
    /** Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019). */
    ADAMW(0),
    /**
     * Muon (Jordan et al. 2024) for the matrices and convolutions between the first and the last layer, AdamW for the rest. Both
     * go by one learning rate, since Muon's updates are scaled to the size of Adam's (Liu et al. 2025).
     */
    MUON(0),
    /**
     * SOAP (Vyas et al. 2025): Adam in a basis in which the gradients of a matrix are least correlated, AdamW for vectors. The bases
     * take memory beside: about four squares of the sides of each matrix.
     */
    SOAP(1),
    /**
     * AdamW without a schedule (Defazio et al. 2024): gradients are taken between the weights that move and their mean, and the mean
     * is the result. Wants a constant learning rate, and {@code ema: [0]}, since moving averages follow the mean.
     */
    SCHEDULE_FREE(1);

    private final int extraCopies;

    Optimizer(int extraCopies) {
        this.extraCopies = extraCopies;
    }

    /** How many numbers per weight it remembers beside two, about. */
    public int extraCopies() {
        return extraCopies;
    }
}
