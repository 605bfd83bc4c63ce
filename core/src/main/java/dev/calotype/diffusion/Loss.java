package dev.calotype.diffusion;

/** Which bound of Nichol &amp; Dhariwal (2021) a network is trained on; T is the number of steps. */
public enum Loss {
    /** L_simple: the squared error of the prediction. Learns no variance. */
    SIMPLE,
    /** L_hybrid = L_simple + 0.001·L_vlb, where L_vlb trains the variance only; the best images. */
    HYBRID,
    /** L_vlb = T·L_t in bits per dimension: the best likelihood, with importance-sampled t. */
    VLB
}
