package dev.calotype.app;

/** Where a command has written what it made. */
record Written(String out) {
    @Override
    public String toString() {
        return out;
    }
}
