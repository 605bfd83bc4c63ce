/**
 * The web side of a studio. {@link dev.calotype.studio.web.WebServer} looks at every request with a guard before anything else does, and
 * opens the rooms: those of this package for jobs, models, uploads and the state of things, and each {@link
 * dev.calotype.studio.web.Room} that is a service. A room adds {@link dev.calotype.studio.web.Routes} and types of jobs to the {@link
 * dev.calotype.studio.web.Workshop} that all share.
 */
package dev.calotype.studio.web;
