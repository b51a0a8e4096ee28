/* summary.h - the overview of --summary: flows by protocol, top talkers, longest flows.
 *
 * Memory grows with the number of addresses, not of flows. */
#ifndef CICFLOWMETER_SUMMARY_H
#define CICFLOWMETER_SUMMARY_H

#include "record.h"

#include <stdio.h>

struct summary;

struct summary *summary_new(void);
void summary_add(struct summary *summary, const struct record *record);
void summary_print(const struct summary *summary, FILE *out);
void summary_free(struct summary *summary);

#endif
