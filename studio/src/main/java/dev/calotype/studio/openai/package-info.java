/**
 * The images of OpenAI's API: {@link dev.calotype.studio.openai.OpenAiRoom} makes jobs of its requests, and its answers of what they
 * made.
 */
package dev.calotype.studio.openai;
