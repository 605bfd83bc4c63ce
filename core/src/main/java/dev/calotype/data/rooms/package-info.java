/**
 * The built-in data set: bedrooms drawn on the fly, in the place of a photograph collection that a test or a first run
 * would have to download. Because the truth of each picture is known, mode coverage and compositional text-to-image
 * can be measured exactly: train a classifier per {@link dev.calotype.data.rooms.RoomAttribute}, read the attributes of
 * generated pictures, compare with the uniform law or with the caption.
 *
 * <p>Start with {@link dev.calotype.data.rooms.Rooms#train}. {@link dev.calotype.data.rooms.RoomScene} is what a
 * picture shows and {@link dev.calotype.data.rooms.Rooms#render} draws any scene, also one put together by hand.
 *
 * <p>{@link dev.calotype.data.rooms.RoomQuestion} asks whether attributes go together as told, and withholds combinations, so that
 * one can learn from rooms that have none and ask for rooms that have one of each.
 *
 * <p>How a picture is made: {@code Plan} places the furniture so that nothing hides the evidence of an attribute,
 * {@code Shell}, {@code Bedside} and {@code Bed} turn it into flat surfaces in metres, {@code Renderer} lets Java2D
 * paint each surface's number far to near, and puts every visible point back into the room, where {@code Texture} and
 * {@code Light} give it colour. {@code Nuisance} is the table of all that varies without meaning.
 *
 * <p>To add an attribute: a constant in {@code RoomAttribute}, a surface that shows each of its values, a phrase in
 * {@link dev.calotype.data.rooms.RoomCaption}. {@code EvidenceTest} tells whether 32 x 32 pixels suffice to read it.
 */
package dev.calotype.data.rooms;
