/*
 * refilter.c - reapplies the display filter; see refilter.h.
 *
 * Wireshark must not filter while it reads or dissects, so this waits for its main loop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "refilter.h"

#include "../compat.h"

#include <cfile.h>
#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <string.h>

static guint waiting; /* source id of the idle callback; 0: none is pending */

/* Whether the filter may use our fields; any macro may contain them. */
static bool
may_ask_for_us(const char *filter)
{
    return strstr(filter, "cicflow") || strchr(filter, '$');
}

static void *
take_filter(capture_file *file, void *is_busy)
{
    *(bool *)is_busy = file->read_lock;
    return file->dfilter && may_ask_for_us(file->dfilter) ? g_strdup(file->dfilter) : NULL;
}

/* Does what the Apply button does, unless the user is editing another filter. */
static void
press_apply(const char *filter)
{
    const funnel_ops_t *program = funnel_get_funnel_ops();

    if (!program || !program->get_filter || !program->set_filter || !program->apply_filter ||
        g_strcmp0(program->get_filter(program->ops_id), filter) != 0)
        return;
    program->set_filter(program->ops_id, filter); /* applies the filter that is set, not the text shown */
    program->apply_filter(program->ops_id);
}

static gboolean
apply_again(gpointer unused G_GNUC_UNUSED)
{
    bool is_busy = false;
    g_autofree char *filter = plugin_if_get_capture_file(take_filter, &is_busy);

    if (!is_busy) {
        waiting = 0;
        if (filter)
            press_apply(filter);
    }
    return is_busy ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
refilter(void)
{
    if (waiting == 0)
        waiting = g_idle_add(apply_again, NULL);
}
