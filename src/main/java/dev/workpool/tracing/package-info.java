/**
 * Traces of jobs, and contexts of submitters: {@link dev.workpool.tracing.PoolTracing} makes OpenTelemetry spans, {@link
 * dev.workpool.tracing.OpenTelemetryContexts} and {@link dev.workpool.tracing.RegisteredContexts} carry contexts to
 * handlers. Each needs a library on the class path that it names, and that Workpool does not depend on.
 */
package dev.workpool.tracing;
