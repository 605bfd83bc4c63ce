package dev.calotype.tensor;

import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;

/**
 * Tensors that something long-lived makes anew now and then. They live as long as this does, which belongs to the scope in which it was made,
 * whatever scope is open when they are put here.
 */
public final class Kept {
    private final IValueVector tensors = new IValueVector(); // what it holds is its own

    /** Keeps these in the place of those before. */
    public void put(Tensor... others) {
        IValueVector values = new IValueVector();
        for (Tensor other : others) values.push_back(new IValue(other));
        tensors.put(values);
    }

    /** What is kept, in the caller's scope. */
    public Tensor[] all() {
        Tensor[] all = new Tensor[(int) tensors.size()];
        for (int i = 0; i < all.length; i++) all[i] = new Tensor(tensors.get(i).toTensor());
        return all;
    }
}
