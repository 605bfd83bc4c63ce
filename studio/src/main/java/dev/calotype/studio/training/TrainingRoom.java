package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.web.Answers;
import dev.calotype.studio.web.Bodies;
import dev.calotype.studio.web.Digits;
import dev.calotype.studio.web.Room;
import dev.calotype.studio.web.Routes;
import dev.calotype.studio.web.Workshop;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The room of trainings and judgements: recipes, runs and sweeps, and the jobs {@code train} and {@code judge}. */
public final class TrainingRoom implements Room {
    /** Made by the loader of services. */
    public TrainingRoom() {}

    @Override
    public void open(Routes routes, Workshop workshop) {
        Path recipes = Path.of(System.getProperty("calotype.home", "")).resolve("recipes");
        RecipeShelf shelf = new RecipeShelf(recipes.toAbsolutePath(), workshop.folders());
        Path folder = workshop.folders().roots().stream()
                .findFirst()
                .orElse(workshop.home().resolve("runs").toAbsolutePath());
        Runs runs = new Runs(folder);
        Sweeps sweeps = new Sweeps(folder);
        Optional<Launcher> launcher = workshop.launcher();
        workshop.jobs()
                .add(launcher.<JobType>map(start -> new TrainType(shelf, start, folder))
                        .orElse(new Declined("train")));
        workshop.jobs()
                .add(launcher.<JobType>map(
                                start -> new JudgeType(workshop.models(), workshop.folders(), workshop.home(), start))
                        .orElse(new Declined("judge")));
        routes.get("/api/recipes", context -> Answers.json(context, shelf.list()))
                .post("/api/recipes/{name}/cost", context -> cost(context, shelf, folder))
                .get(
                        "/api/runs/{id}/statistics",
                        context -> Answers.json(context, runs.statistics(id(context), after(context))))
                .get("/api/runs/{id}/milestones", context -> Answers.json(context, runs.milestones(id(context))))
                .get("/api/runs/{id}/incidents", context -> Answers.json(context, runs.incidents(id(context))))
                .get("/api/runs/{id}/samples", context -> Answers.json(context, runs.samples(id(context))))
                .get("/api/runs/{id}/samples/{step}", context -> sample(context, runs))
                .get("/api/runs/{id}/report", context -> report(context, runs.report(id(context))))
                .get("/api/sweeps", context -> Answers.json(context, sweeps.list()))
                .get("/api/sweeps/{name}", context -> Answers.json(context, sweeps.table(context.pathParam("name"))))
                .get("/api/sweeps/{name}/report", context -> report(context, sweeps.report(context.pathParam("name"))))
                .get("/api/sweeps/{name}/pictures/{row}", context -> picture(context, sweeps));
    }

    /** What a studio without processes of its own says. */
    private record Declined(String name) implements JobType {
        @Override
        public Work check(ObjectNode request) {
            throw new Refusal(
                    501,
                    "not_offered",
                    "this studio runs within another program, which did not say how to start a process to " + name
                            + " in");
        }
    }

    private static String id(Context context) {
        return context.pathParam("id");
    }

    private static long after(Context context) {
        String after = Optional.ofNullable(context.queryParam("after")).orElse("0");
        return Digits.number(after, 15, "after must be a step");
    }

    private static void cost(Context context, RecipeShelf shelf, Path runs) throws IOException {
        Fields request = new Fields(Bodies.json(context)).knowing(List.of("set", "data", "name"));
        RecipeShelf.Order order = shelf.order(context.pathParam("name"), request);
        Answers.json(context, TrainingCost.of(order.experiment(), runs).json());
    }

    private static void sample(Context context, Runs runs) throws IOException {
        long step = Digits.number(context.pathParam("step"), 12, "a sample has the number of a step");
        Path file = runs.sample(id(context), step);
        context.contentType("image/png").result(Files.readAllBytes(file));
    }

    /** A report that the pages of the studio show in a frame of their own. */
    private static void report(Context context, Path file) throws IOException {
        context.header("X-Frame-Options", "SAMEORIGIN");
        Answers.report(context, file);
    }

    private static void picture(Context context, Sweeps sweeps) throws IOException {
        int row = (int) Digits.number(context.pathParam("row"), 6, "a picture has the number of a row");
        Path file = sweeps.picture(context.pathParam("name"), row);
        context.contentType("image/png").result(Files.readAllBytes(file));
    }
}
