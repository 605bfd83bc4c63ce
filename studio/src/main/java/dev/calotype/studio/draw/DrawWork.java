package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.studio.draw.JointDrawing.Batch;
import dev.calotype.studio.draw.JointDrawing.Piece;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures of a run or a chain.
 *
 * @param type of the job
 * @param request what the model is asked for
 */
record DrawWork(Workshop workshop, String type, ModelEntry entry, DrawWish wish, Request request, ObjectNode asked)
        implements PictureWork {
    @Override
    public Optional<Object> manner() {
        return Optional.of(request.sampling().toString());
    }

    @Override
    public JointDrawing.Painter painter() throws IOException {
        return new ModelPainter(workshop.open().drawing(entry));
    }

    /** Draws with the open model. */
    private final class ModelPainter implements JointDrawing.Painter {
        private final DrawsImages model;

        ModelPainter(DrawsImages model) {
            this.model = model;
        }

        @Override
        public int together(List<Piece> left) {
            return workshop.open().together(entry, model, request, left.size());
        }

        @Override
        public List<Picture> draw(Batch batch) {
            List<Drawing.Wanted> wanted = batch.pieces().stream()
                    .map(piece -> new Drawing.Wanted(request(piece), piece.index()))
                    .toList();
            return Scope.read(() -> Images.pictures(model.images(wanted, (done, steps, predicted) -> {
                batch.step(done, steps);
                batch.show(
                        0,
                        batch.pieces().size(),
                        done,
                        steps,
                        () -> Scope.read(() -> Images.pictures(predicted.get())));
            })));
        }

        @Override
        public Map<String, String> origin(Piece piece) {
            Map<String, String> origin = model.origin(request(piece));
            origin.put("index", String.valueOf(piece.index()));
            return origin;
        }

        private static Request request(Piece piece) {
            return ((DrawWork) piece.work()).request;
        }
    }
}
