/*
 * report.h - reports errors to the user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_REPORT_H
#define CICFLOW_REPORT_H

#include <glib.h>

/* Reports the error and frees it. If tshark's command line uses anything of ours, tshark then exits with status 1.
 * Otherwise only saved preferences can be wrong: the first error is printed as a one-line warning and the run goes on.
 */
void report_error(GError *error);

#endif
