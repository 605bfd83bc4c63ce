package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LoraNames.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order in which the oldest files of low-rank adapters (cloneofsimo/lora) count layers: that in which diffusers 0.10 and
 * transformers 4.25 made them. The middle of the U-Net was made last.
 */
final class LoraOrder {
    private static final Pattern BLOCK = Pattern.compile(
            "((?:(down|up)_blocks\\.(\\d+)|mid_block)\\.attentions\\.(\\d+)\\.transformer_blocks\\.(\\d+)\\.)attn1\\.to_q\\.weight");
    private static final Pattern TEXT =
            Pattern.compile("((?:text_model\\.)?encoder\\.layers\\.(\\d+)\\.self_attn\\.)k_proj\\.weight");
    private static final List<String> IN_BLOCK = List.of(
            "attn1.to_q",
            "attn1.to_k",
            "attn1.to_v",
            "attn1.to_out.0",
            "ff.net.0.proj",
            "attn2.to_q",
            "attn2.to_k",
            "attn2.to_v",
            "attn2.to_out.0");
    private static final List<String> IN_TEXT = List.of("k_proj", "v_proj", "q_proj", "out_proj");

    /** A block, in the order of their making. */
    private record Place(int half, int level, int attention, int depth, String prefix) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int[] mine = {half, level, attention, depth},
                    theirs = {other.half, other.level, other.attention, other.depth};
            return java.util.Arrays.compare(mine, theirs);
        }
    }

    private LoraOrder() {}

    static List<Layer> of(String part, Map<String, StoredTensor> weights) {
        TreeSet<Place> places = new TreeSet<>();
        boolean unet = part.equals(LoraNames.UNET);
        for (String name : weights.keySet()) {
            Matcher matcher = (unet ? BLOCK : TEXT).matcher(name);
            if (matcher.matches())
                places.add(unet ? block(matcher) : new Place(0, 0, 0, number(matcher, 2), matcher.group(1)));
        }
        List<Layer> layers = new ArrayList<>();
        for (Place place : places)
            for (String layer : unet ? IN_BLOCK : IN_TEXT)
                layers.add(new Layer(part, place.prefix + layer + ".weight"));
        return layers;
    }

    private static Place block(Matcher matcher) {
        String half = matcher.group(2);
        return new Place(
                half == null ? 2 : half.equals("down") ? 0 : 1,
                half == null ? 0 : number(matcher, 3),
                number(matcher, 4),
                number(matcher, 5),
                matcher.group(1));
    }

    private static int number(Matcher matcher, int group) {
        return matcher.group(group).length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(matcher.group(group));
    }
}
