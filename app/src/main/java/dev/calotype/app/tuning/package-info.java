/** Commands that make a model one's own: fine-tuning, and the adapters that it leaves. */
package dev.calotype.app.tuning;
