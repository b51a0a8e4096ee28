/*
 * dissection.c - see dissection.h. The packet provider and frame_data are kept as in tshark's single pass, so that
 * fields such as frame.time_delta are the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissection.h"

#include <epan/prefs.h>
#include <epan/proto.h>
#include <stdio.h>
#include <string.h>
#include <wsutil/report_message.h>

#include "decode_as.h"
#include "epan/columns/defined_fields.h"
#include "epan/columns/frame_notes.h"
#include "epan/columns/packet_rules.h"
#include "epan/observe/frame_bytes.h"
#include "epan/observe/observer.h"
#include "epan/observe/transport_hooks.h"
#include "epan/observe/vlan_tags.h"
#include "epan/preferences.h"
#include "memory.h"
#include "report.h"

struct packet_provider_data {
    const struct capture_record *record; /* being dissected */
    const frame_data *first, *dissected, *captured;
};

struct dissection {
    const run_settings *settings;
    struct packet_provider_data provider;
    frame_data first, frames[2]; /* the newest two, alternating */
    guint turn;
    gboolean has_frame; /* a frame was dissected and dissection_forget() not called yet */
    guint32 total_bytes;
    nstime_t elapsed;
    epan_t *epan;
    epan_dissect_t *frame;
    packet_rules *rules;
    frame_notes *notes; /* NULL: no filter, label or further column is wanted */
    GArray *fields;     /* of trees; NULL: no trees are made */
};

/* The plugin, which epan loads where it is installed, looks for this symbol and then does nothing itself. */
__attribute__((visibility("default"))) const int cicflowmeter_reads_captures = 1;

/* Static, because epan's callbacks get no context. */
static struct {
    gboolean is_started, is_verbose;
    char *problem;
    preference_values unused;
    observer *observer;
    record_fields *fields; /* the fields of a record, for rules on finished flows */
} epan;

/* Messages about the user's own settings, shown with -v only: errors that can change a record are reported
 * elsewhere. */
static void
tell(const char *format, va_list arguments)
{
    if (!epan.is_verbose)
        return;
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    report_error("%s", text);
}

static void
tell_unopened(const char *path, int reason, ws_boolean for_writing G_GNUC_UNUSED)
{
    if (epan.is_verbose)
        report_error("cannot open '%s': %s", path, g_strerror(reason));
}

static void
tell_unread(const char *path, int reason)
{
    if (epan.is_verbose)
        report_error("cannot read '%s': %s", path, g_strerror(reason));
}

static void
visit(guint8 protocol, tvbuff_t *tvb, packet_info *pinfo, const void *ip)
{
    if (!pinfo->flags.in_error_pkt)
        observer_visit(epan.observer, protocol, tvb, pinfo, ip);
}

/* Registers the protocol that our entries in dissector tables belong to. Its preferences exist only so that saved ones
 * of the plugin are accepted; their values are ignored. */
static gboolean
register_protocol(GError **error)
{
    if (proto_get_id_by_filter_name("cicflow") != -1) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                            "Wireshark loads another version of the plugin cicflow; install the one of this command");
        return FALSE;
    }
    int protocol = proto_register_protocol("CIC Flow Features", "CIC Flow", "cicflow");
    preferences_register(prefs_register_protocol(protocol, NULL), &epan.unused);
    epan.fields = fields_register(protocol, false);
    transport_hooks_register(protocol, visit);
    vlan_tags_register(protocol);
    epan.observer = observer_new();
    transport_hooks_install();
    return TRUE;
}

static gboolean
set_preferences(const struct options *options, GError **error)
{
    const GPtrArray *preferences = options_list(options, OPT_PREFERENCE);

    for (guint i = 0; i < preferences->len; i++) {
        const char *given = g_ptr_array_index(preferences, i);
        g_autofree char *text = g_strdup(given);
        g_autofree char *detail = NULL;
        prefs_set_pref_e result = prefs_set_pref(text, &detail);
        if (result == PREFS_SET_OK || result == PREFS_SET_OBSOLETE)
            continue;
        return options_wrong(error, "-o '%s': %s%s%s", given,
                             result == PREFS_SET_NO_SUCH_PREF ? "there is no such preference"
                                                              : "this is no value for it",
                             detail ? ": " : "", detail ? detail : "");
    }
    return TRUE;
}

static gboolean
decode_as(const struct options *options, GError **error)
{
    const GPtrArray *rules = options_list(options, OPT_DECODE_AS);

    for (guint i = 0; i < rules->len; i++) {
        if (!decode_as_apply(g_ptr_array_index(rules, i), error))
            return FALSE;
    }
    return TRUE;
}

/* Switches what the option names on or off. */
static gboolean
switch_all(const struct options *options, enum option_id id, gboolean is_heuristic, gboolean on, GError **error)
{
    const GPtrArray *names = options_list(options, id);

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        gboolean is_there = is_heuristic ? compat_enable_heuristic(name, on) : proto_get_id_by_filter_name(name) != -1;
        if (is_there && !is_heuristic)
            (on ? proto_enable_proto_by_name : proto_disable_proto_by_name)(name);
        if (!is_there)
            return options_wrong(error, "--%s: Wireshark has no %s '%s'", option_rows[id].name,
                                 is_heuristic ? "heuristic" : "protocol", name);
    }
    return TRUE;
}

static gboolean
switch_protocols(const struct options *options, GError **error)
{
    return switch_all(options, OPT_DISABLE_PROTOCOL, FALSE, FALSE, error) &&
           switch_all(options, OPT_ENABLE_PROTOCOL, FALSE, TRUE, error) &&
           switch_all(options, OPT_DISABLE_HEURISTIC, TRUE, FALSE, error) &&
           switch_all(options, OPT_ENABLE_HEURISTIC, TRUE, TRUE, error);
}

static gboolean
use_profile(const struct options *options, GError **error)
{
    const char *profile = options_text(options, OPT_PROFILE);

    if (profile && !profile_exists(profile, FALSE) && !profile_exists(profile, TRUE))
        return options_wrong(error, "--profile: Wireshark has no profile '%s'", profile);
    if (profile)
        set_profile_name(profile);
    return TRUE;
}

static gboolean
start(const struct options *options, GError **error)
{
    static const struct report_message_routines routines = {
        .vreport_failure = tell,
        .vreport_warning = tell,
        .report_open_failure = tell_unopened,
        .report_read_failure = tell_unread,
    };

    epan.is_verbose = options_given(options, OPT_VERBOSE) > 0;
    init_report_message("cicflowmeter", &routines);
    if (!use_profile(options, error))
        return FALSE;
    memory_use_large_pages();
    if (!epan_init(NULL, NULL, TRUE)) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "Wireshark's dissectors cannot be started");
        return FALSE;
    }
    if (!register_protocol(error))
        return FALSE;
    epan_load_settings();
    if (!set_preferences(options, error))
        return FALSE;
    disable_name_resolution(); /* records have no resolved names */
    prefs_apply_all();
    return decode_as(options, error) && switch_protocols(options, error);
}

gboolean
dissection_start(const struct options *options, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (!epan.is_started && !start(options, &problem))
        epan.problem = g_strdup(problem->message);
    epan.is_started = TRUE;
    if (epan.problem)
        g_set_error_literal(error, options_error_quark(), 0, epan.problem);
    return !epan.problem;
}

/* The time of a frame that is still known. */
static const nstime_t *
frame_time(struct packet_provider_data *provider, guint32 number)
{
    const frame_data *known[] = {provider->first, provider->dissected, provider->captured};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i] && known[i]->num == number)
            return compat_time_of_frame(known[i]);
    }
    return NULL;
}

/* The interface of the record being dissected, the only one that is asked for. */
static const char *
COMPAT_INTERFACE_CALLBACK(interface_name)
{
    return provider->record->interface_name ? provider->record->interface_name : "unknown";
}

static const char *
COMPAT_INTERFACE_CALLBACK(interface_description)
{
    return provider->record->interface_description;
}

static const struct packet_provider_funcs provider_functions = {
    .get_frame_ts = frame_time,
    .get_interface_name = interface_name,
    .get_interface_description = interface_description,
};

struct dissection *
dissection_new(run_settings *settings, const char *default_label, GError **error)
{
    struct dissection *dissection = g_new0(struct dissection, 1);

    dissection->settings = settings;
    dissection->epan = epan_new(&dissection->provider, &provider_functions);
    if (!run_settings_resolve(settings, &defined_fields_catalog, error) ||
        !packet_rules_init(&dissection->rules, settings, default_label, epan.fields, error)) {
        dissection_free(dissection);
        return NULL;
    }
    observer_begin(epan.observer, settings);
    dissection->notes = frame_notes_new(settings, dissection->rules);
    dissection->fields = frame_notes_fields(dissection->notes);
    bool wants_tree = dissection->fields && dissection->fields->len > 0;
    dissection->frame = epan_dissect_new(dissection->epan, wants_tree, FALSE);
    return dissection;
}

void
dissection_forget(struct dissection *dissection)
{
    if (!dissection->has_frame)
        return;
    struct packet_provider_data *provider = &dissection->provider;
    frame_data *frame = &dissection->frames[dissection->turn];
    frame_data_set_after_dissect(frame, &dissection->total_bytes);
    provider->dissected = provider->captured = frame;
    epan_dissect_reset(dissection->frame);
    frame_data_destroy(frame);
    dissection->turn = 1 - dissection->turn;
    dissection->has_frame = FALSE;
}

void
dissection_free(struct dissection *dissection)
{
    if (!dissection)
        return;
    dissection_forget(dissection);
    g_clear_pointer(&dissection->frame, epan_dissect_free);
    frame_notes_free(dissection->notes);
    g_clear_pointer(&dissection->fields, g_array_unref);
    packet_rules_free(dissection->rules);
    observer_end(epan.observer);
    epan_free(dissection->epan);
    g_free(dissection);
}

const label_names *
dissection_labels(const struct dissection *dissection)
{
    return packet_rules_labels(dissection->rules);
}

gboolean
dissection_wants_all(const struct dissection *dissection)
{
    return !frame_notes_can_be_fast(dissection->notes);
}

static void
prepare_frame(struct dissection *dissection, frame_data *frame)
{
    struct packet_provider_data *provider = &dissection->provider;

    frame_data_set_before_dissect(frame, &dissection->elapsed, &provider->first, provider->dissected);
    if (provider->first == frame) {
        dissection->first = *frame;
        provider->first = &dissection->first;
    }
    if (dissection->fields && dissection->fields->len > 0)
        epan_dissect_prime_with_hfid_array(dissection->frame, dissection->fields);
}

/* The facts that epan and the rules give for the frame just dissected. */
static frame_facts
take_facts(struct dissection *dissection, const raw_frame *raw)
{
    g_autoptr(GError) error = NULL;
    packet_info *pinfo = &dissection->frame->pi;
    frame_facts facts = observer_take(epan.observer, pinfo);

    frame_bytes_decode(dissection->settings->dialect->rules, raw, &facts);
    if (dissection->notes && !frame_notes_take(dissection->notes, pinfo, dissection->frame->tree, &facts, &error))
        report_error("%s", error->message);
    return facts;
}

frame_facts
dissection_take(struct dissection *dissection, struct capture_record *record, guint64 number)
{
    wtap_rec *rec = &record->data.rec;
    frame_data *frame = &dissection->frames[dissection->turn];
    raw_frame raw;

    capture_record_teach(record);
    frame_data_init(frame, (guint32)number, rec, record->offset, dissection->total_bytes);
    prepare_frame(dissection, frame);
    /* Dissecting may change the record. */
    if (!raw_frame_from_record(&raw, rec, compat_record_bytes(&record->data)))
        raw = (raw_frame){.link = LINK_OTHER};
    raw.number = number;
    dissection->provider.record = record;
    frame_notes_look_at(dissection->notes, &record->data.rec);
    compat_dissect(dissection->frame, record->file_type, &record->data, frame);
    dissection->has_frame = TRUE;
    frame_facts facts = take_facts(dissection, &raw);
    facts.packet.frame = number;
    return facts;
}

const char *
dissection_protocol(const struct dissection *dissection)
{
    const char *name = dissection->frame->pi.current_proto;
    int protocol = name ? proto_get_id_by_short_name(name) : -1;

    return protocol == -1 ? NULL : proto_get_protocol_filter_name(protocol);
}
