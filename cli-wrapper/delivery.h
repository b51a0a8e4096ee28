/* delivery.h - records on their way to a server: HTTP POST, several at once, retried, in bounded memory.
 *
 * delivery_push blocks while too much waits, so the pace of the server is the pace of the run. What cannot be delivered
 * is appended to the spool file. Guarantee: delivered + spooled + lost = pushed, and lost is only what the spool file could
 * not take, with an error reported. */
#ifndef CICFLOWMETER_DELIVERY_H
#define CICFLOWMETER_DELIVERY_H

#include "options.h"

struct delivery;

struct delivery_counts {
    guint64 pushed, delivered, spooled, lost;
};

struct delivery *delivery_new(const struct options *options, GError **error);

/* One record, a JSON object without line end. From any thread. */
void delivery_push(struct delivery *delivery, const char *record, gsize length);

/* From now on nothing is tried again: what is not accepted at once goes to the spool file. */
void delivery_hurry(struct delivery *delivery);

/* Waits until every record is delivered or spooled; frees. */
struct delivery_counts delivery_finish(struct delivery *delivery);

/* So far. */
guint64 delivery_delivered(struct delivery *delivery);

#endif
