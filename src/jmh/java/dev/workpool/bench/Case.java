package dev.workpool.bench;

/**
 * One thing that is measured in each round.
 *
 * @param setting the row of the table
 * @param contender its column
 * @param measurement how it is measured
 */
record Case(String setting, String contender, Measurement measurement) {}
