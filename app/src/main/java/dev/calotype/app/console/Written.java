package dev.calotype.app.console;

/** Where a command has written what it made. */
public record Written(String out) {
    @Override
    public String toString() {
        return out;
    }
}
