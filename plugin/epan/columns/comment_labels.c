/*
 * comment_labels.c - see comment_labels.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "comment_labels.h"

#include <string.h>

#include "../../output/safe_text.h"

enum { LABEL_BYTES = 1024 };

struct comment_labels {
    GStringChunk *texts; /* each label once */
};

comment_labels *
comment_labels_new(void)
{
    comment_labels *labels = g_new(comment_labels, 1);

    labels->texts = g_string_chunk_new(LABEL_BYTES);
    return labels;
}

void
comment_labels_free(comment_labels *labels)
{
    if (!labels)
        return;
    g_string_chunk_free(labels->texts);
    g_free(labels);
}

/* The label in one comment; NULL if there is none. */
static const char *
label_in(const comment_labels *labels, const char *comment)
{
    char line[LABEL_BYTES], safe[LABEL_BYTES];

    while (*comment) {
        size_t length = strcspn(comment, "\r\n");
        if (g_str_has_prefix(comment, COMMENT_LABEL)) {
            size_t bytes = length - strlen(COMMENT_LABEL);
            g_strlcpy(line, comment + strlen(COMMENT_LABEL), MIN(bytes + 1, sizeof line));
            safe_text_write(safe, sizeof safe, line);
            return g_string_chunk_insert_const(labels->texts, safe);
        }
        comment += length + strspn(comment + length, "\r\n");
    }
    return NULL;
}

const char *
comment_labels_of(comment_labels *labels, const wtap_rec *record)
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
