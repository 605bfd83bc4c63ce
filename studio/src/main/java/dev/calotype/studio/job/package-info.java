/**
 * Jobs: {@link dev.calotype.studio.job.JobQueue} keeps them in order and in a file, lets one thread do those that need the engine and
 * others those that wait for processes of their own, and tells {@link dev.calotype.studio.job.Listener}s what happens. A room adds a
 * {@link dev.calotype.studio.job.JobType}, which makes a {@link dev.calotype.studio.job.Work} of a request.
 */
package dev.calotype.studio.job;
