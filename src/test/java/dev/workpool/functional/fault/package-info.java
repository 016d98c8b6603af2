/** Code of users, actors, memory and stacks that fail: the pool works on. */
package dev.workpool.functional.fault;
