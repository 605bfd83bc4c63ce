package dev.calotype.nn;

import dev.calotype.nn.Attention.Sight;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Attention some heads and some queries after the other, so that their scores need not stand in memory all at once. */
final class AttentionSlices {
    private AttentionSlices() {}

    /**
     * softmax(q k' / sqrt(d)) v without gradients.
     *
     * @param most scores at once; one row of them at least
     */
    static Tensor attend(Tensor q, Tensor k, Tensor v, long most) {
        long n = q.size(0), heads = q.size(1), length = q.size(2), d = q.size(3), keys = k.size(2);
        return Scope.tidy(() -> {
            Tensor queries = q.reshape(n * heads, 1, length, d); // (N heads, 1, length, d)
            Tensor ks = k.reshape(n * heads, 1, keys, d), vs = v.reshape(n * heads, keys, d);
            Tensor out = torch.empty_like(queries); // (N heads, 1, length, d)
            long rows = Math.max(1, Math.min(length, most / keys));
            long maps = rows < length ? 1 : Math.max(1, most / (length * keys));
            for (long map = 0; map < n * heads; map += maps)
                for (long row = 0; row < length; row += rows) {
                    long some = Math.min(maps, n * heads - map),
                            part = Math.min(rows, length - row),
                            from = map,
                            at = row;
                    Scope.run(() -> {
                        Tensor here = queries.narrow(0, from, some).narrow(2, at, part);
                        Tensor weights =
                                Attention.weights(here, ks.narrow(0, from, some), Sight.ALL); // (some, part, keys)
                        Tensor mixed = torch.bmm(weights, vs.narrow(0, from, some)); // (some, part, d)
                        out.narrow(0, from, some).narrow(2, at, part).copy_(mixed.unsqueeze(1));
                    });
                }
            return out.view(n, heads, length, d);
        });
    }
}
