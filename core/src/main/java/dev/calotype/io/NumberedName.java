package dev.calotype.io;

import java.util.OptionalLong;

/**
 * Names of files that hold a number, such as {@code step-00000300.png}. Numbers are written with the digits 0 to 9; those
 * of any other script are read too, because older versions named files in the digits of the machine's language.
 *
 * @param before what stands before the number
 * @param least the least number of digits, at least 1
 * @param most the largest number of digits, at most 18
 * @param after what stands after the number
 */
public record NumberedName(String before, int least, int most, String after) {
    public NumberedName {
        if (least < 1 || most < least || most > 18)
            throw new IllegalArgumentException("digits must be in 1..18: " + least + ".." + most);
    }

    /** The number in {@code name}, or nothing if it is not such a name. */
    public OptionalLong number(String name) {
        int digits = name.length() - before.length() - after.length();
        if (digits < least || digits > most || !name.startsWith(before) || !name.endsWith(after))
            return OptionalLong.empty();
        long number = 0;
        for (int i = before.length(); i < before.length() + digits; i++) {
            int digit = Character.digit(name.charAt(i), 10);
            if (digit < 0) return OptionalLong.empty();
            number = 10 * number + digit;
        }
        return OptionalLong.of(number);
    }
}
