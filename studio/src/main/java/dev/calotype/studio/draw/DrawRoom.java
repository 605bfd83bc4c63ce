package dev.calotype.studio.draw;

import dev.calotype.studio.web.Room;
import dev.calotype.studio.web.Routes;
import dev.calotype.studio.web.Workshop;

/** Drawing, from noise, texts and pictures. */
public final class DrawRoom implements Room {
    @Override
    public void open(Routes routes, Workshop workshop) {
        DrawType draw = new DrawType(workshop);
        workshop.jobs().add(draw);
        workshop.jobs().add(new InterpolateType(workshop));
        workshop.jobs().add(new VariationsType(workshop));
        workshop.jobs().add(new GridType(workshop, draw));
    }
}
