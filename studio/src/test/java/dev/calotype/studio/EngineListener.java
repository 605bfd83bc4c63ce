package dev.calotype.studio;

import dev.calotype.tensor.Engine;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Brings the engine up before any test class is loaded. */
public final class EngineListener implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Engine.load(2);
    }
}
