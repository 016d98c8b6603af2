/**
 * What processes of one machine share by files beside a store of SQLite: whose turn it is to write, which of them live, and
 * what is new. Knows no statements. Read {@code ProcessFiles} first.
 */
@InternalApi
package dev.workpool.durable.internal.process;

import akka.annotation.InternalApi;
