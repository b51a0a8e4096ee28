/*
 * label_file.h - parses files of labelling rules: lines of the form `LABEL: display filter`, and comments.
 *
 * Filters are not interpreted here: they are the text after the first colon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <glib.h>

#include "../flow/flow.h"

/* The rule that finally applies to a flow that has ended, given the rule that its packets matched (RULE_NONE: none). */
typedef uint32_t (*label_judge)(const flow *ended, uint32_t rule, void *user);

/* All labels that flows can get. */
typedef struct {
    const char *const *names; /* distinct labels in the order of the file, then the default; NULL-terminated */
    const guint *of_rule;     /* label index of each rule; NULL without rules */
    guint rules;              /* number of rules */
    guint of_none;            /* label index of flows that match no rule */
    label_judge judge;        /* NULL: no rule is on finished flows */
    void *judge_user;
} label_names;

typedef struct {
    guint line; /* line number in the file, from 1 */
    char *label;
    char *filter;
} label_line;

/* How messages refer to a rule or to a row of a table. */
typedef struct {
    guint line;
    const char *label;
} label_row;

/* The rules of a file in their order, an array of label_line; free with g_ptr_array_unref(). NULL with an error that
 * names the file, and the line if one is wrong. */
GPtrArray *label_file_read(const char *path, GError **error);
