/**
 * Contexts of submitters, carried to the threads that call the handler: {@link
 * dev.workpool.tracing.OpenTelemetryContexts} and {@link dev.workpool.tracing.RegisteredContexts}. Each needs a library
 * on the class path that it names, and that Workpool does not depend on.
 */
package dev.workpool.tracing;
