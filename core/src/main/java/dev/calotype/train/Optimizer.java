package dev.calotype.train;

/** How the weights follow their gradients. */
public enum Optimizer {
    /** Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019). */
    ADAMW(0),
    /**
     * Muon (Jordan et al. 2024) for matrices and convolutions of at least 32 rows and columns, AdamW for the rest. Tables and last layers of
     * that size go by Muon too, which Jordan et al. leave to AdamW. Both go by one learning rate, since Muon's updates are scaled to the size of Adam's (Liu et al. 2025).
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
