package dev.calotype.studio.restore;

import dev.calotype.studio.web.Room;
import dev.calotype.studio.web.Routes;
import dev.calotype.studio.web.Workshop;

/** Restoring pictures. */
public final class RestoreRoom implements Room {
    @Override
    public void open(Routes routes, Workshop workshop) {
        workshop.jobs().add(new RestoreType(workshop));
    }
}
