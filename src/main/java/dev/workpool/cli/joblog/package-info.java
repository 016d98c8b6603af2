/** The job log: which jobs are done, so that another run can go on from there. Start with {@code JobLog}. */
package dev.workpool.cli.joblog;
