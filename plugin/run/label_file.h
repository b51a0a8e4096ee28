/*
 * label_file.h - the text of labelling rules: lines of `LABEL: display filter`, and comments.
 *
 * Knows nothing of filters but that they are text after the first colon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_LABEL_FILE_H
#define CICFLOW_LABEL_FILE_H

#include <glib.h>

#include "../flow/flow.h"

/* Decides on a flow that has ended, with the rule that its packets matched (RULE_NONE: none): the rule that counts. */
typedef uint32_t (*label_judge)(const flow *ended, uint32_t rule, void *user);

/* The labels that flows can get. */
typedef struct {
    const char *const *names; /* each once, in the order of the file, then the default one; ends with NULL */
    const guint *of_rule;     /* index of each rule's label; NULL where there are no rules */
    guint rules;              /* how many there are */
    guint of_none;            /* of flows that match no rule */
    label_judge judge;        /* NULL: no rule is about finished flows */
    void *judge_user;
} label_names;

typedef struct {
    guint line; /* in the file, from 1 */
    char *label;
    char *filter;
} label_line;

/* A rule, or a row of a table, to those who only want to name it. */
typedef struct {
    guint line;
    const char *label;
} label_row;

/* The rules of a file in their order, an array of label_line that owns their texts; free with g_ptr_array_unref(). NULL
 * with an error that names the file, and the line where one is wrong. */
GPtrArray *label_file_read(const char *path, GError **error);

#endif
