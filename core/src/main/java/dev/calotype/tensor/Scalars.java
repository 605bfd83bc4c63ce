package dev.calotype.tensor;

import org.bytedeco.pytorch.Scalar;

/** Numbers that layers multiply and add by: making one costs as much as adding two small tensors. They belong to no scope. */
public final class Scalars {
    private Scalars() {}

    /** 0. */
    public static Scalar zero() {
        return Holder.ZERO;
    }

    /** 1. */
    public static Scalar one() {
        return Holder.ONE;
    }

    /** -1. */
    public static Scalar minusOne() {
        return Holder.MINUS_ONE;
    }

    /** Made on first use, when the engine is loaded, and kept whatever scope is open then. */
    private static final class Holder {
        static final Scalar ZERO = kept(0);
        static final Scalar ONE = kept(1);
        static final Scalar MINUS_ONE = kept(-1);

        private static Scalar kept(double value) {
            return new Scalar(value).retainReference();
        }
    }
}
