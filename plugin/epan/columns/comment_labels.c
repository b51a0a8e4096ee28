/*
 * comment_labels.c - see comment_labels.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "comment_labels.h"

#include <string.h>

#include "../../output/safe_text.h"

/* The label in one comment; NULL if there is none. */
static const char *
label_in(GStringChunk *labels, const char *comment)
{
    char line[COMMENT_LABEL_BYTES], safe[COMMENT_LABEL_BYTES];

    while (*comment) {
        size_t length = strcspn(comment, "\r\n");
        if (g_str_has_prefix(comment, COMMENT_LABEL)) {
            size_t bytes = length - strlen(COMMENT_LABEL);
            g_strlcpy(line, comment + strlen(COMMENT_LABEL), MIN(bytes + 1, sizeof line));
            safe_text_write(safe, sizeof safe, line);
            return g_string_chunk_insert_const(labels, safe);
        }
        comment += length + strspn(comment + length, "\r\n");
    }
    return NULL;
}

const char *
comment_label(GStringChunk *labels, const wtap_rec *record)
{
    const char *label = NULL;
    char *comment = NULL;

    if (!record || !record->block)
        return NULL;
    for (guint i = 0; !label; i++) {
        if (wtap_block_get_nth_string_option_value(record->block, OPT_COMMENT, i, &comment) != WTAP_OPTTYPE_SUCCESS)
            break;
        label = label_in(labels, comment);
    }
    return label;
}
