package dev.calotype.app.console;

import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restoration.RestorationStatus;
import java.util.Locale;

/** Shows a restoration to a person; on Ctrl-C the best estimate so far is written. */
public final class RestoreConsole implements PictureRestoration.Listener, AutoCloseable {
    private final Console console;
    private final Interrupt interrupt;

    public RestoreConsole(Console console) {
        this.console = console;
        interrupt = new Interrupt(() -> console.say("Stopped with the best so far."));
    }

    @Override
    public void planned(String sentence) {
        console.say("%s", sentence);
    }

    @Override
    public void step(RestorationStatus status) {
        String part = status.parts() == 1 ? "" : "part " + status.part() + "/" + status.parts() + "  ";
        String text = String.format(
                Locale.ROOT,
                "%siteration %d%s%s  chosen %d",
                part,
                status.iteration(),
                number("  loss %.5f", status.loss()),
                number("  change %.2f", status.change()),
                status.choice());
        console.bar(status.progress(), text, status.secondsLeft());
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    @Override
    public boolean stopRequested() {
        return interrupt.asked();
    }

    @Override
    public void close() {
        interrupt.close();
    }
}
