/*
 * filter_fields.c - finds which fields display filters use; see filter_fields.h.
 *
 * Priming a tree with a filter marks the fields that it uses as referenced in their header_field_info. So all marks are
 * saved and cleared, a tree is primed, the new marks are read, and the old ones restored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "filter_fields.h"

#include <epan/epan_dissect.h>
#include <epan/proto.h>

#include "../assumptions.h"

typedef struct {
    header_field_info *field;
    hf_ref_type kind;
} field_mark;

typedef void (*field_visit)(header_field_info *field, GArray *into);

static void
visit_protocol(int protocol, field_visit visit, GArray *into)
{
    void *position;

    visit(proto_registrar_get_nth((guint)protocol), into);
    for (header_field_info *field = proto_get_first_protocol_field(protocol, &position); field;
         field = proto_get_next_protocol_field(protocol, &position))
        visit(field, into);
}

static void
visit_all(field_visit visit, GArray *into)
{
    void *position;

    for (int protocol = proto_get_first_protocol(&position); protocol != -1;
         protocol = proto_get_next_protocol(&position))
        visit_protocol(protocol, visit, into);
}

static void
set_aside(header_field_info *field, GArray *marks)
{
    field_mark mark = {field, field->ref_type};

    if (field->ref_type == HF_REF_TYPE_NONE)
        return;
    g_array_append_val(marks, mark);
    field->ref_type = HF_REF_TYPE_NONE;
}

GArray *
filter_marks_set_aside(void)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(field_mark));

    visit_all(set_aside, marks);
    return marks;
}

void
filter_marks_put_back(GArray *marks)
{
    for (guint i = 0; i < marks->len; i++) {
        const field_mark *mark = &g_array_index(marks, field_mark, i);
        mark->field->ref_type = mark->kind;
    }
    g_array_free(marks, TRUE);
}

static void
collect_marked(header_field_info *field, GArray *found)
{
    if (field->ref_type == HF_REF_TYPE_DIRECT)
        g_array_append_val(found, field->id);
    field->ref_type = HF_REF_TYPE_NONE;
}

static bool
has_mark(int protocol)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int));
    visit_protocol(protocol, collect_marked, found);
    return found->len > 0;
}

GArray *
filter_fields_find(const GPtrArray *filters, int forbidden_protocol, guint *culprit)
{
    GArray *marks = filter_marks_set_aside();
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int));
    epan_dissect_t *scratch = epan_dissect_new(NULL, TRUE, FALSE);
    bool allowed = true;

    for (guint i = 0; allowed && i < filters->len; i++) {
        epan_dissect_prime_with_dfilter(scratch, filters->pdata[i]);
        allowed = !has_mark(forbidden_protocol);
        *culprit = i;
    }
    visit_all(collect_marked, found);
    epan_dissect_free(scratch);
    filter_marks_put_back(marks);
    return allowed ? g_steal_pointer(&found) : NULL;
}

GArray *
filter_fields_of_protocol(dfilter_t *filter, int protocol)
{
    GArray *own = g_array_new(FALSE, FALSE, sizeof(int));
    epan_dissect_t *scratch = epan_dissect_new(NULL, TRUE, FALSE);

    epan_dissect_prime_with_dfilter(scratch, filter);
    visit_protocol(protocol, collect_marked, own);
    epan_dissect_free(scratch);
    return own;
}

bool
filter_fields_are_of_protocol(dfilter_t *const *filters, guint count, int protocol)
{
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(int));
    epan_dissect_t *scratch = epan_dissect_new(NULL, TRUE, FALSE);

    for (guint i = 0; i < count; i++)
        epan_dissect_prime_with_dfilter(scratch, filters[i]);
    visit_protocol(protocol, collect_marked, own);
    visit_all(collect_marked, others);
    epan_dissect_free(scratch);
    return others->len == 0;
}

/* Filters are applied to an epan_dissect_t, but only use its tree. */
bool
filter_matches(dfilter_t *filter, proto_tree *tree)
{
    epan_dissect_t dissection = {.tree = tree};
    return dfilter_apply_edt(filter, &dissection);
}

static bool
matches_ttl(dfilter_t *filter, guint ttl)
{
    epan_dissect_t *scratch = epan_dissect_new(NULL, TRUE, FALSE);

    epan_dissect_prime_with_dfilter(scratch, filter);
    proto_tree_add_uint(scratch->tree, proto_registrar_get_id_byname("ip.ttl"), NULL, 0, 0, ttl);
    bool matches = filter_matches(filter, scratch->tree);
    epan_dissect_free(scratch);
    return matches;
}

/* Whether a filter for a TTL of 1 tells trees without a dissected packet apart. */
static bool
trees_are_matched(dfilter_t *filter)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(field_mark));
    int ip = proto_get_id_by_filter_name("ip");

    visit_protocol(ip, set_aside, marks);
    bool are_matched = matches_ttl(filter, 1) && !matches_ttl(filter, 2);
    (void)has_mark(ip); /* clears what the filter left */
    filter_marks_put_back(marks);
    return assumption_check(ASSUMES_FILTER_TREE, are_matched);
}

bool
filter_fields_are_found(void)
{
    g_autoptr(GPtrArray) filters = g_ptr_array_new();
    dfilter_t *filter = NULL;
    g_autofree char *problem = NULL;
    guint culprit;
    bool are_found = false;

    if (compat_compile_filter("ip.ttl == 1", &filter, &problem)) {
        g_ptr_array_add(filters, filter);
        g_autoptr(GArray) fields = filter_fields_find(filters, proto_get_id_by_filter_name("tcp"), &culprit);
        are_found =
            fields && fields->len == 1 && g_array_index(fields, int, 0) == proto_registrar_get_id_byname("ip.ttl");
    }
    are_found = assumption_check(ASSUMES_FILTER_MARKS, are_found) && trees_are_matched(filter);
    dfilter_free(filter);
    return are_found;
}
