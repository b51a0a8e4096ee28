/*
 * report.h - telling the user of an error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_REPORT_H
#define CICFLOW_REPORT_H

#include <glib.h>

/* Tells of the error and frees it. tshark then fails (status 1) if its command line asks for something of ours; else
 * the error can only come from saved preferences: it is one line of warning, the first, and the run goes on. */
void report_error(GError *error);

#endif
