package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.machine.Doctor;
import picocli.CommandLine.Command;

/** Examines this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Say what the engine is, what this machine can do, what is chosen, and what is wrong and how to mend it.")
final class DoctorCommand extends EngineCommand {
    @Override
    protected Object execute(Console console) {
        return Doctor.examine();
    }
}
