package dev.calotype.experiment;

import dev.calotype.io.NearestName;
import dev.calotype.settings.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds recipes by their path, or by the name of one of those that come with Calotype: {@code recipes/} in its folder. */
public final class RecipeFiles {
    private static final String SUFFIX = ".yaml";

    private RecipeFiles() {}

    /**
     * The file of a recipe.
     *
     * @param recipe a path, relative to {@code from}, or a name with or without {@code .yaml}
     * @throws RecipeException if there is none; names those that are nearest
     */
    public static Path find(String recipe, Path from) {
        Path path = from.resolve(recipe);
        if (!recipe.isBlank() && Files.isRegularFile(path)) return path;
        Path folder = Path.of(System.getProperty("calotype.home", "")).resolve("recipes");
        String name = recipe.isBlank() ? "" : Path.of(recipe).getFileName().toString();
        Path named = folder.resolve(name.endsWith(SUFFIX) ? name : name + SUFFIX);
        if (!Path.of(recipe).isAbsolute() && Files.isRegularFile(named)) return named;
        String bare = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        throw new RecipeException("there is no recipe " + recipe + ", neither here nor in " + folder
                + NearestName.hints(bare, names(folder)));
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .toList();
        } catch (IOException e) {
            return List.of(); // a hint that is missing
        }
    }
}
