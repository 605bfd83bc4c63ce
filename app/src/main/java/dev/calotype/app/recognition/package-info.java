/** What commands do with classifiers, and what networks have and cost. */
package dev.calotype.app.recognition;
