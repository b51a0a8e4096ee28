/*
 * record_pool.h - formats records in worker threads, and writes them in the order in which flows are added.
 *
 * The thread that reads a capture only copies ended flows into a batch. Any free thread formats a full batch, and the
 * results are written in the order of the batches, so the output is the same as with a single thread. Memory is
 * bounded: adding waits while all batches are in use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "record_writer.h"

typedef struct record_pool record_pool;

/* Starts threads (0: the caller does the work) that write to these writers; NULL entries are skipped. Nobody else may
 * use the writers until the pool is freed, except between record_pool_drain() and the next flow. Flows are copied by
 * their size in bytes; data that they point to must not change until the pool is drained. */
record_pool *record_pool_new(guint threads, size_t flow_bytes, record_writer *const *writers, size_t writer_count);

/* Adds a flow's record. False with the first error of the writers, once. */
gboolean record_pool_add(record_pool *pool, const flow *f, GError **error);

/* If an output is a stream, which a reader may be waiting for, the batch being filled does not wait until it is full.
 */
void record_pool_hasten(record_pool *pool);

/* Waits until the writers have all rows. Fails like record_pool_add(). */
gboolean record_pool_drain(record_pool *pool, GError **error);

/* Ends the threads; rows that were not drained are lost. */
void record_pool_free(record_pool *pool);
