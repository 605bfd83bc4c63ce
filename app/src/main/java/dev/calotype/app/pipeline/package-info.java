/** Options of commands, and what they print, of the text-to-image pipelines of others. */
package dev.calotype.app.pipeline;
