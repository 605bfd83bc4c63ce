/**
 * The built-in data set of clips, beside {@link dev.calotype.data.rooms}: to learn from and to test whether a network sees
 * time. {@link dev.calotype.data.moving.Moving} is the data set, {@link dev.calotype.data.moving.MovingScene} one clip.
 *
 * <p>Its classes are {@link dev.calotype.data.moving.Motion}: two and two are each other played backwards. In every clip camera, box, lamp
 * and ball are there; one moves, and each of the others stands as at a random moment of its own motion. Places wrap around. So a frame taken
 * at random has one distribution, the product of those of all movers, whatever the class; a network that sees one frame cannot do
 * better than chance. {@code State} is where everything stands at a moment, {@code Looks} what does not change, {@code Renderer} draws.
 */
package dev.calotype.data.moving;
