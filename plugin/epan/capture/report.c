/*
 * report.c - reports errors to the user; see report.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report.h"

#include "../compat.h"
#include "../program.h"

#include <wsutil/report_message.h>

void
report_error(GError *error)
{
    static bool has_warned;

    if (!program_reads_once() || program_was_asked()) {
        report_failure("%s", error->message);
        program_fail_at_exit();
    } else if (!has_warned) {
        has_warned = true;
        report_warning("%s", error->message);
    }
    g_error_free(error);
}
