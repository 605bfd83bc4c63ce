package dev.calotype.studio.embed;

import dev.calotype.studio.web.Room;
import dev.calotype.studio.web.Routes;
import dev.calotype.studio.web.Workshop;

/** Vectors of pictures and texts. */
public final class EmbedRoom implements Room {
    @Override
    public void open(Routes routes, Workshop workshop) {
        workshop.jobs().add(new EmbedType(workshop));
    }
}
