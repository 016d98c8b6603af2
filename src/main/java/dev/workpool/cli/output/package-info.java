/** Shows how jobs end: as lines, as JSON, as progress. Start with {@code Report}. */
package dev.workpool.cli.output;
