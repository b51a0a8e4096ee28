/*
 * assumptions.c - tests the rows of assumptions.def that a program linked with Wireshark's libraries can test: each
 * holds, and a violation is detected without following a pointer.
 *
 * usage: assumptions NAME CAPTURE
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "epan/assumptions.h"

#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wsutil/report_message.h>

#include "epan/columns/filter_fields.h"
#include "epan/columns/record_rules.h"
#include "epan/preferences.h"
#include "epan/record/fields.h"

struct packet_provider_data {
    wtap *capture; /* first, as in programs of Wireshark */
    frame_data frame;
    bool has_three;
    frame_data three[3];  /* instead of the one; the second has no time */
    const nstime_t *lone; /* told instead: a time that is no member of a frame */
};

static const char *const names[ASSUMPTIONS] = {
#define ASSUMPTION(id, name, message) name,
#include "epan/assumptions.def"
};

static struct packet_provider_data provider;
static record_fields *fields;
static int protocol, problems, told;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                                      \
            problems++;                                                                                                \
        }                                                                                                              \
    } while (0)

static const nstime_t *
frame_time(struct packet_provider_data *data, guint32 number)
{
    if (data->lone)
        return data->lone;
    if (data->has_three)
        return number == 1 || number == 3 ? &data->three[number - 1].abs_ts : NULL;
    return number == data->frame.num ? &data->frame.abs_ts : NULL;
}

static const struct packet_provider_funcs functions = {.get_frame_ts = frame_time};

static void
note_told(const char *format, va_list arguments)
{
    vprintf(format, arguments);
    putchar('\n');
    told++;
}

static void
start_wireshark(const char *program)
{
    static const struct report_message_routines routines = {.vreport_failure = note_told, .vreport_warning = note_told};
    static preference_values unused;

    compat_begin_program("assumptions", program);
    init_report_message("assumptions", &routines);
    wtap_init(FALSE);
    CHECK(epan_init(NULL, NULL, FALSE));
    protocol = proto_register_protocol("CIC Flow Features", "CIC Flow", "cicflow");
    module_t *module = prefs_register_protocol(protocol, NULL);
    preferences_register(module, &unused);
    CHECK(prefs_get_effect_flags(prefs_find_preference(module, "define")) & PREF_EFFECT_FIELDS);
    fields = fields_register(protocol, false);
}

static void
check_session_layout(const char *capture G_GNUC_UNUSED)
{
    epan_t *session = epan_new(&provider, &functions);
    const session_start *start = assumption_session(session);
    /* What a member more, or one less, at the beginning would look like; and what is no pointer at all. */
    const void *moved[] = {NULL, &provider, (const void *)(uintptr_t)frame_time, NULL, NULL, NULL, NULL, NULL, NULL};
    const void *data[] = {&provider, &provider, &provider, &provider, &provider, &provider, &provider, &provider, NULL};
    const void *numbers[] = {&provider, (const void *)8, (const void *)16, NULL, NULL, NULL, NULL, NULL, NULL};

    CHECK(start && start->provider == &provider && start->functions.get_frame_ts == frame_time && told == 0);
    CHECK(!assumption_session((const void *)moved));
    CHECK(!assumption_session((const void *)data));
    CHECK(!assumption_session((const void *)numbers));
    CHECK(!assumption_session((const void *)8));
    CHECK(!assumption_frame((const void *)numbers, 1) && !assumption_file_is_closed((const void *)numbers));
    CHECK(told == 1);
}

/* Times at the beginning of a page, after one that can be read and one that cannot. */
static void
check_lone_time(epan_t *session)
{
    session_start other = {&provider, functions};
    const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(pages != MAP_FAILED);
    provider.lone = (const nstime_t *)(const void *)(pages + page_bytes);
    CHECK(!assumption_frame(session, 7) && told == 1);
    CHECK(mprotect(pages, page_bytes, PROT_NONE) == 0);
    CHECK(!assumption_frame((const epan_t *)(const void *)&other, 7));
}

static void
check_frame_time(const char *capture G_GNUC_UNUSED)
{
    epan_t *session = epan_new(&provider, &functions);

    provider.frame.num = 7;
    CHECK(assumption_frame(session, 7) == &provider.frame && !assumption_frame(session, 8) && told == 0);
    CHECK(assumption_next_dissected(session, 6, 0) == 7 && assumption_next_dissected(session, 7, 0) == 0);
    provider.has_three = true;
    for (guint32 i = 0; i < G_N_ELEMENTS(provider.three); i++)
        provider.three[i].num = i + 1;
    CHECK(assumption_next_dissected(session, 0, 3) == 1 && assumption_next_dissected(session, 1, 3) == 2);
    CHECK(assumption_next_dissected(session, 2, 3) == 3 && assumption_next_dissected(session, 3, 3) == 0);
    CHECK(assumption_next_dissected(session, 1, 0) == 0);
    provider.three[2].ignored = true;
    CHECK(assumption_next_dissected(session, 2, 3) == 0 && told == 0);
    provider.has_three = false;
    check_lone_time(session);
}

static void
check_capture_layout(const char *path)
{
    epan_t *session = epan_new(&provider, &functions);
    char *detail = NULL;
    int reason = 0;

    provider.capture = wtap_open_offline(path, WTAP_TYPE_AUTO, &reason, &detail, TRUE);
    CHECK(provider.capture);
    CHECK(!assumption_file_is_closed(session));
    wtap_sequential_close(provider.capture);
    CHECK(assumption_file_is_closed(session) && told == 0);
    /* Another session, whose provider begins with something else. */
    provider.capture = (wtap *)(uintptr_t)0x10;
    const session_start other = {&provider, functions};
    CHECK(!assumption_file_is_closed((const void *)&other) && told == 1);
}

static void
check_filter_marks(const char *capture G_GNUC_UNUSED)
{
    dfilter_t *filter = NULL;
    char *message = NULL;

    CHECK(filter_fields_are_found());
    CHECK(compat_compile_filter("ip.ttl > 3 && (tcp.port == 80 || ip.id == 1)", &filter, &message));
    GPtrArray *filters = g_ptr_array_new();
    guint culprit = 0;
    g_ptr_array_add(filters, filter);
    CHECK(!filter_fields_find(filters, proto_get_id_by_filter_name("tcp"), &culprit));
    GArray *found = filter_fields_find(filters, proto_get_id_by_filter_name("udp"), &culprit);
    CHECK(found && found->len == 3 && told == 0);
    for (guint i = 0; found && i < found->len; i++) {
        const char *name = proto_registrar_get_abbrev(g_array_index(found, int, i));
        CHECK(strcmp(name, "ip.ttl") == 0 || strcmp(name, "ip.id") == 0 || strcmp(name, "tcp.port") == 0);
    }
}

static void
check_filter_tree(const char *capture G_GNUC_UNUSED)
{
    header_field_info *ttl = proto_registrar_get_byname("ip.ttl"), *ip = proto_registrar_get_byname("ip");
    dfilter_t *filter = NULL;
    char *message = NULL;

    CHECK(filter_fields_are_found() && told == 0);
    CHECK(ttl->ref_type == HF_REF_TYPE_NONE && ip->ref_type == HF_REF_TYPE_NONE);
    CHECK(compat_compile_filter("ip.ttl in {3..5} && !(ip.ttl == 4)", &filter, &message));
    for (guint value = 0; value < 8; value++) {
        epan_dissect_t *scratch = epan_dissect_new(NULL, TRUE, FALSE);
        epan_dissect_prime_with_dfilter(scratch, filter);
        proto_tree_add_uint(scratch->tree, ttl->id, NULL, 0, 0, value);
        CHECK(filter_matches(filter, scratch->tree) == (value == 3 || value == 5));
        epan_dissect_free(scratch);
    }
}

/* The message stands before what is copied where packages lack a header. */
static void
check_filter_error(const char *capture G_GNUC_UNUSED)
{
    dfilter_t *filter = NULL;
    char *message = NULL;

    CHECK(!compat_compile_filter("ip.ttl == \"none\"", &filter, &message));
    CHECK(!filter && message && strstr(message, "none"));
}

static void
check_field_alias(const char *capture G_GNUC_UNUSED)
{
    void *position;
    guint ipv4 = 0, ipv6 = 0;

    for (header_field_info *field = proto_get_first_protocol_field(protocol, &position); field;
         field = proto_get_next_protocol_field(protocol, &position)) {
        bool is_column = strcmp(field->abbrev, "cicflow.src_ip") == 0;
        ipv4 += is_column && field->type == FT_IPv4;
        ipv6 += is_column && field->type == FT_IPv6;
    }
    CHECK(ipv4 == 1 && ipv6 == 1 && told == 0);
    CHECK(proto_registrar_get_byname("cicflow.src_ip")->type == FT_IPv4);
    CHECK(proto_registrar_get_byname("cicflow.src_ipv6")->type == FT_IPv6);
}

static void
check_record_tree(const char *capture G_GNUC_UNUSED)
{
    const option_texts texts = {
#define PREFERENCE(name, kind, initial, title, description) .name = initial,
#include "options.def"
    };
    const flow tcp = {.protocol = TRANSPORT_TCP, .ip_version = 4}, udp = {.protocol = TRANSPORT_UDP, .ip_version = 4};
    run_settings settings;
    dfilter_t *filter = NULL;
    char *message = NULL;

    CHECK(run_settings_init(&settings, &texts, NULL));
    CHECK(compat_compile_filter("cicflow.protocol == 6 && cicflow.flow_duration < 1", &filter, &message));
    record_rules *rules = record_rules_new(&settings, fields);
    CHECK(record_rules_take(rules, filter, 3, &message) && !message && told == 0);
    CHECK(record_rules_match(rules, &tcp, "none") == 3);
    CHECK(record_rules_match(rules, &udp, "none") == RULE_NONE);
    record_rules_free(rules);
}

static const struct {
    assumption row;
    void (*check)(const char *capture);
} checks[] = {
    {ASSUMES_SESSION_LAYOUT, check_session_layout}, {ASSUMES_FRAME_TIME, check_frame_time},
    {ASSUMES_CAPTURE_LAYOUT, check_capture_layout}, {ASSUMES_FILTER_MARKS, check_filter_marks},
    {ASSUMES_FIELD_ALIAS, check_field_alias},       {ASSUMES_RECORD_TREE, check_record_tree},
    {ASSUMES_FILTER_TREE, check_filter_tree},       {ASSUMES_FILTER_ERROR, check_filter_error},
};

int
main(int argc, char **argv)
{
    bool is_known = false;

    if (argc != 3)
        return 2;
    start_wireshark(argv[0]);
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        if (strcmp(names[checks[i].row], argv[1]) != 0)
            continue;
        is_known = true;
        checks[i].check(argv[2]);
    }
    CHECK(is_known);
    printf("%s: %s\n", argv[1], problems ? "does not hold" : "holds");
    fflush(stdout);
    _Exit(problems > 0); /* sessions are left as they are */
}
