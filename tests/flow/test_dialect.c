/*
 * test_dialect.c - the properties that dialects declare for their columns hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "dialect_named.h"
#include "flow/flow_rules.h"
#include "packet_text.h"
#include "tests.h"

/* Flows of every protocol, with and without duration, answer, payload, bulk and idle time. */
static const char *const packets[] = {
    "0 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=60 flags=S",
    "0 udp 10.0.0.1:1000 > 10.0.0.2:53 len=60 payload=18",
    "0 icmp 10.0.0.1 > 10.0.0.2 type=8 len=98 payload=56",
    "0 tcp 10.0.0.3:1000 > 10.0.0.2:80 len=60 flags=R",
    "0.1 tcp 10.0.0.2:80 > 10.0.0.1:1000 len=60 flags=SA",
    "0.2 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=1000 flags=PA payload=946",
    "0.3 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=1000 flags=PA payload=946",
    "0.4 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=1000 flags=PA payload=946",
    "0.5 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=1000 flags=PA payload=946",
    "0.6 icmp 10.0.0.2 > 10.0.0.1 type=0 len=98 payload=56",
    "20 tcp 10.0.0.2:80 > 10.0.0.1:1000 len=60 flags=FA",
    "40 tcp 10.0.0.1:1000 > 10.0.0.2:80 len=60 flags=FA",
};

typedef struct {
    const dialect *d;
    guint flows;
} checked;

static void
columns_have_their_types(checked *c, const flow *f)
{
    c->flows++;
    for (size_t i = 0; i < c->d->column_count; i++) {
        const dialect_column *column = &c->d->columns[i];
        value_type declared = dialect_column_type(column), actual = dialect_column_get(column, f).type;
        if (declared != actual && (declared != VALUE_REAL || actual != VALUE_INTEGER))
            fail_msg("%s, column \"%s\": type %d, declared is %d", c->d->name, column->header, (int)actual,
                     (int)declared);
    }
}

static void
take_ended(checked *c, flow_table *table)
{
    flow *ended;

    while ((ended = flow_table_take_ended(table))) {
        if (!ended->has_no_record)
            columns_have_their_types(c, ended);
        g_free(ended);
    }
}

static void
check(const dialect *d)
{
    checked c = {d, 0};
    flow_settings settings = flow_settings_default;

    settings.rules = d->rules;
    flow_table *table = flow_table_new(&settings);
    for (guint i = 0; i < G_N_ELEMENTS(packets); i++) {
        observation packet;
        packet_text_kind kind;
        flow_direction direction;
        GError *error = NULL;
        if (!packet_text_parse(packets[i], &packet, &kind, &error))
            fail_msg("%s: %s", packets[i], error->message);
        packet.frame = i + 1;
        flow_table_add(table, &packet, &direction);
        take_ended(&c, table);
    }
    flow_table_finish(table);
    take_ended(&c, table);
    flow_table_free(table);
    assert_true(c.flows >= 2);
}

static void
values_have_the_types_of_their_columns(void **state G_GNUC_UNUSED)
{
    for (size_t i = 0; dialect_at(i); i++)
        check(dialect_at(i));
    check(dialect_with_columns(dialect_named("java"), "cicids2017"));
}

void
dialect_tests(GArray *tests)
{
    test_list_add(tests, "/dialect/values_have_the_types_of_their_columns", values_have_the_types_of_their_columns,
                  NULL);
}
