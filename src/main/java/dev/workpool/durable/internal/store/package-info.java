/**
 * The tables of durable queues and every statement on them, the same for SQLite and PostgreSQL. Knows JDBC, and no
 * pool and no actor. Its methods block, and are called on the threads of {@code Transactions}. Read {@code Schema}
 * first, then {@code Claiming} and {@code Settling}.
 */
@InternalApi
package dev.workpool.durable.internal.store;

import akka.annotation.InternalApi;
