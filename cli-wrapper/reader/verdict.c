/*
 * verdict.c - see verdict.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "verdict.h"

#include <string.h>

#include "settings.h"

static void
fail(struct verdict *verdict, enum reader_outcome outcome, GError *error, gboolean is_better)
{
    settings_use_own_words(error);
    g_mutex_lock(&verdict->lock);
    if (is_better)
        g_clear_pointer(&verdict->problem, g_free);
    if (!verdict->problem)
        verdict->problem = g_strdup(error->message);
    verdict->outcome = MAX(verdict->outcome, outcome);
    g_mutex_unlock(&verdict->lock);
    g_error_free(error);
}

void
verdict_fail(struct verdict *verdict, enum reader_outcome outcome, GError *error)
{
    fail(verdict, outcome, error, FALSE);
}

void
verdict_fail_rather(struct verdict *verdict, enum reader_outcome outcome, GError *error)
{
    fail(verdict, outcome, error, TRUE);
}

void
verdict_is_general(struct verdict *verdict)
{
    g_mutex_lock(&verdict->lock);
    verdict->is_general = TRUE;
    g_mutex_unlock(&verdict->lock);
}

gboolean
verdict_keeps_records(const struct verdict *verdict)
{
    return verdict->outcome == READER_DONE || verdict->outcome == READER_INCOMPLETE;
}

void
verdict_send(const struct verdict *verdict, int fd, struct reader_result counts)
{
    const char *problem = verdict->problem ? verdict->problem : "";
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    counts.outcome = verdict->outcome;
    counts.is_general = verdict->is_general;
    g_byte_array_append(bytes, (const guint8 *)&counts, sizeof counts);
    g_byte_array_append(bytes, (const guint8 *)problem, (guint)strlen(problem) + 1);
    message_send(fd, MESSAGE_RESULT, bytes->data, bytes->len);
}
