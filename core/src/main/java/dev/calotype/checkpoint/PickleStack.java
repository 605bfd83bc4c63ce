package dev.calotype.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stack and the memo of the pickle machine, both bounded; taking what is not there is an {@link IOException}. */
final class PickleStack {
    /** The most values that a program may make. */
    static final int MAX_VALUES = 2_000_000;

    private static final Object MARK = new Object();

    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private int pushed;

    void push(Object value) throws IOException {
        charge(1);
        stack.add(value);
    }

    /** Counts {@code values} that are made besides those on the stack. */
    void charge(int values) throws IOException {
        pushed += values;
        if (pushed > MAX_VALUES) throw new IOException("more than " + MAX_VALUES + " values");
    }

    void mark() throws IOException {
        push(MARK);
    }

    Object pop() throws IOException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    Object top() throws IOException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) throw new IOException("the pickle stack is empty");
        return stack.get(stack.size() - 1);
    }

    /** The value on top, which must be a {@code type}. */
    <T> T top(Class<T> type) throws IOException {
        return cast(top(), type);
    }

    /** Takes the value from the top, which must be a {@code type}. */
    <T> T pop(Class<T> type) throws IOException {
        return cast(pop(), type);
    }

    /** Takes the {@code count} values on top, in the order they were pushed. */
    List<Object> pop(int count) throws IOException {
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) values.add(0, pop());
        return values;
    }

    /** Takes all values above the last mark, and the mark. */
    List<Object> popToMark() throws IOException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) throw new IOException("the pickle stack has no mark");
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> values = new ArrayList<>(above);
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    void remember(long index) throws IOException {
        if (memo.size() == MAX_VALUES) throw new IOException("more than " + MAX_VALUES + " remembered values");
        memo.put(index, top());
    }

    /** Remembers the top under the next free number. */
    void remember() throws IOException {
        remember(memo.size());
    }

    void recall(long index) throws IOException {
        Object value = memo.get(index);
        if (value == null) throw new IOException("the pickle memo has no value " + index);
        push(value);
    }

    static <T> T cast(Object value, Class<T> type) throws IOException {
        if (!type.isInstance(value))
            throw new IOException("the pickle program is damaged: a " + type.getSimpleName() + " was expected, not a "
                    + value.getClass().getSimpleName());
        return type.cast(value);
    }
}
