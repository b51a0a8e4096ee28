/*
 * record_pool.h - records written by threads of their own, in the order in which flows are added.
 *
 * The thread that reads a capture only copies ended flows into a batch. Full batches are turned into text by whichever
 * thread is free, and the texts are handed to the writers one after the other in the order of the batches: the bytes
 * are those that a single thread would write. Memory is bounded: with all batches in use, adding waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_RECORD_POOL_H
#define CICFLOW_RECORD_POOL_H

#include "record_writer.h"

typedef struct record_pool record_pool;

/* Threads, of which 0 are the caller's own, that write to these writers (NULL ones are left out), which they have to
 * themselves until the pool is freed, but for the time from record_pool_drain() to the next flow. Flows are copied by
 * their size in bytes; what they point to has to stay as it is until the pool is drained. */
record_pool *record_pool_new(guint threads, size_t flow_bytes, record_writer *const *writers, size_t writer_count);

/* Adds a flow's record. False with the writers' first error, once. */
gboolean record_pool_add(record_pool *pool, const flow *f, GError **error);

/* No row for a stream, where somebody may be waiting, waits for others to fill its batch. */
void record_pool_hasten(record_pool *pool);

/* Waits until the writers have all rows. False as record_pool_add(). */
gboolean record_pool_drain(record_pool *pool, GError **error);

/* Ends the threads; rows that were not drained are lost. */
void record_pool_free(record_pool *pool);

#endif
