/*
 * compat.h - the differences between the Wireshark versions we build for, in one place.
 *
 * Includes the epan headers that everything here needs, in an order that works for all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#define WS_BUILD_DLL
#include <wireshark.h>

#include <epan/addr_resolv.h>
#include <epan/dfilter/dfilter.h>
#include <epan/disabled_protos.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/packet.h>
#include <epan/tvbuff.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/buffer.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include <epan/conversation_filter.h> /* needs epan/packet.h */

#define CICFLOW_WIRESHARK(major, minor)                                                                                \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#if CICFLOW_WIRESHARK(4, 4)
#include <wsutil/plugins.h>
#endif
#if CICFLOW_WIRESHARK(4, 6)
#include <wsutil/application_flavor.h>
#endif

/* Truth values became bool, which also has another size: in 4.2 those of wmem's callbacks, in 4.4 most. */
#if CICFLOW_WIRESHARK(4, 4)
typedef bool ws_boolean;
#else
typedef gboolean ws_boolean;
#endif
#if CICFLOW_WIRESHARK(4, 2)
typedef bool wmem_boolean;
#else
typedef gboolean wmem_boolean;
#endif

/* Calls the dissector that the table has for the value, without adding a layer; 0 if there is none. */
static inline int
compat_try_uint(dissector_table_t table, guint32 value, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
#if CICFLOW_WIRESHARK(4, 6)
    return dissector_try_uint_with_data(table, value, tvb, pinfo, tree, false, data);
#else
    return dissector_try_uint_new(table, value, tvb, pinfo, tree, FALSE, data);
#endif
}

/* Compiles a display filter; NULL if it is blank. On failure *message is the reason, to be freed by the caller. */
static inline bool
compat_compile_filter(const char *text, dfilter_t **filter, char **message)
{
#if CICFLOW_WIRESHARK(4, 2)
    df_error_t *problem = NULL;
    bool ok = dfilter_compile(text, filter, &problem);
    *message = problem ? g_strdup(problem->msg) : NULL;
    df_error_free(&problem);
    return ok;
#else
    return dfilter_compile(text, filter, message);
#endif
}

/* The value of a field of type FT_STRING. */
static inline const char *
compat_field_text(field_info *field)
{
#if CICFLOW_WIRESHARK(4, 2)
    return fvalue_get_string(field->value);
#else
    return fvalue_get_string(&field->value);
#endif
}

/* Older versions name these type checks differently. */
#ifndef FT_IS_STRING
#define FT_IS_STRING IS_FT_STRING
#define FT_IS_UINT IS_FT_UINT
#define FT_IS_INT32 IS_FT_INT32
#define FT_IS_INT64 IS_FT_INT64
#define FT_IS_UINT64 IS_FT_UINT64
#define FT_IS_INTEGER(type) (IS_FT_INT(type) || IS_FT_UINT(type))
#endif

/* The value of a field. */
#if CICFLOW_WIRESHARK(4, 2)
#define COMPAT_FIELD_VALUE(field) ((field)->value)
#else
#define COMPAT_FIELD_VALUE(field) (&(field)->value)
#endif

/* The value as tshark -T fields prints it; free with wmem_free(NULL, ...). */
static inline char *
compat_field_representation(field_info *field)
{
    enum ftenum type = field->hfinfo->type;
    bool is_text = FT_IS_STRING(type);
    char *text = is_text
                     ? wmem_strdup(NULL, fvalue_get_string(COMPAT_FIELD_VALUE(field)))
                     : fvalue_to_string_repr(NULL, COMPAT_FIELD_VALUE(field), FTREPR_DISPLAY, field->hfinfo->display);
    if (text && (type == FT_BYTES || type == FT_UINT_BYTES)) {
        char *end = text;
        for (const char *from = text; *from; from++) {
            if (*from != ':')
                *end++ = *from;
        }
        *end = '\0';
    }
    return text ? text : wmem_strdup(NULL, "");
}

static inline const nstime_t *
compat_field_time(field_info *field)
{
    return fvalue_get_time(COMPAT_FIELD_VALUE(field));
}

/* The value of FT_FLOAT, FT_DOUBLE or one of the IEEE 11073 types, which are only available as text. */
static inline double
compat_field_real(field_info *field)
{
    if (field->hfinfo->type == FT_FLOAT || field->hfinfo->type == FT_DOUBLE)
        return fvalue_get_floating(COMPAT_FIELD_VALUE(field));
    char *text = compat_field_representation(field);
    double value = g_ascii_strtod(text, NULL);
    wmem_free(NULL, text);
    return value;
}

/* The bits of an integer value; values that do not fit into 63 bits are clamped. */
static inline guint64
compat_field_integer(field_info *field, gint64 *value)
{
    enum ftenum type = field->hfinfo->type;
    guint64 bits;

    if (FT_IS_INT32(type)) {
        *value = fvalue_get_sinteger(COMPAT_FIELD_VALUE(field));
        return (guint64)*value;
    }
    if (FT_IS_INT64(type)) {
        *value = fvalue_get_sinteger64(COMPAT_FIELD_VALUE(field));
        return (guint64)*value;
    }
    if (type == FT_BOOLEAN)
        bits = fvalue_get_uinteger64(COMPAT_FIELD_VALUE(field)) != 0;
    else if (FT_IS_UINT64(type))
        bits = fvalue_get_uinteger64(COMPAT_FIELD_VALUE(field));
    else
        bits = fvalue_get_uinteger(COMPAT_FIELD_VALUE(field));
    *value = bits > G_MAXINT64 ? G_MAXINT64 : (gint64)bits;
    return bits;
}

/* A wtap_rec with its bytes, which are part of it since 4.6. */
typedef struct {
    wtap_rec rec;
#if !CICFLOW_WIRESHARK(4, 6)
    Buffer bytes;
#endif
} compat_record;

enum { COMPAT_RECORD_BYTES = 2048 };

static inline void
compat_record_init(compat_record *record)
{
#if CICFLOW_WIRESHARK(4, 6)
    wtap_rec_init(&record->rec, COMPAT_RECORD_BYTES);
#else
    wtap_rec_init(&record->rec);
    ws_buffer_init(&record->bytes, COMPAT_RECORD_BYTES);
#endif
}

static inline void
compat_record_clear(compat_record *record)
{
    wtap_rec_cleanup(&record->rec);
#if !CICFLOW_WIRESHARK(4, 6)
    ws_buffer_free(&record->bytes);
#endif
}

static inline bool
compat_read(wtap *capture, compat_record *record, int *reason, char **detail, gint64 *offset)
{
#if CICFLOW_WIRESHARK(4, 6)
    return wtap_read(capture, &record->rec, reason, detail, offset);
#else
    return wtap_read(capture, &record->rec, &record->bytes, reason, detail, offset);
#endif
}

/* Holds the record's bytes; its memory grows with the largest packet that was read into it. */
static inline Buffer *
compat_record_buffer(compat_record *record)
{
#if CICFLOW_WIRESHARK(4, 6)
    return &record->rec.data;
#else
    return &record->bytes;
#endif
}

static inline const guint8 *
compat_record_bytes(compat_record *record)
{
    return ws_buffer_start_ptr(compat_record_buffer(record));
}

/* Writes a record. */
static inline bool
compat_dump(wtap_dumper *dumper, compat_record *record, int *reason, char **detail)
{
#if CICFLOW_WIRESHARK(4, 6)
    return wtap_dump(dumper, &record->rec, reason, detail);
#else
    return wtap_dump(dumper, &record->rec, compat_record_bytes(record), reason, detail);
#endif
}

/* Dissects a record. The reported length is bounded, since forged records can exceed the limits of a tvbuff. */
static inline void
compat_dissect(epan_dissect_t *dissection, int file_type, compat_record *record, frame_data *frame)
{
#if CICFLOW_WIRESHARK(4, 6)
    epan_dissect_run(dissection, file_type, &record->rec, frame, NULL);
#else
    tvbuff_t *bytes =
        tvb_new_real_data(compat_record_bytes(record), frame->cap_len, (gint)MIN(frame->pkt_len, G_MAXINT));
    epan_dissect_run(dissection, file_type, &record->rec, bytes, frame, NULL);
#endif
}

/* What a program answers when epan asks for this frame's time. Before 4.4 epan prints a warning when there is none, so
 * tshark answers with the empty time. */
static inline const nstime_t *
compat_time_of_frame(const frame_data *frame)
{
#if CICFLOW_WIRESHARK(4, 4)
    return frame->has_ts ? &frame->abs_ts : NULL;
#else
    return &frame->abs_ts;
#endif
}

/* Initialisation that a program other than Wireshark's has to do before it uses Wireshark's libraries. */
static inline void
compat_begin_program(const char *name, const char *path)
{
#if CICFLOW_WIRESHARK(4, 6)
    set_application_flavor(APPLICATION_FLAVOR_WIRESHARK);
    ws_log_init(NULL);
    init_process_policies();
    g_free(configuration_init(path));
    (void)name;
#else
    ws_log_init(name, NULL);
    init_process_policies();
    g_free(configuration_init(path, NULL));
#endif
}

/* wiretap's callbacks for name resolution in captures; since 4.2 they also say whether a name is static. */
#if CICFLOW_WIRESHARK(4, 2)
#define COMPAT_IPV4_NAME(function)                                                                                     \
    function(const unsigned address, const char *name, const ws_boolean is_static G_GNUC_UNUSED)
#define compat_add_ipv4_name(address, name) add_ipv4_name(address, name, false)
#define compat_add_ipv6_name(address, name) add_ipv6_name(address, name, false)
#else
#define COMPAT_IPV4_NAME(function) function(const guint address, const char *name)
#define compat_add_ipv4_name(address, name) add_ipv4_name(address, name)
#define compat_add_ipv6_name(address, name) add_ipv6_name(address, name)
#endif
#if CICFLOW_WIRESHARK(4, 6)
#define COMPAT_IPV6_NAME(function)                                                                                     \
    function(const ws_in6_addr *address, const char *name, const ws_boolean is_static G_GNUC_UNUSED)
#elif CICFLOW_WIRESHARK(4, 2)
#define COMPAT_IPV6_NAME(function)                                                                                     \
    function(const void *address, const char *name, const ws_boolean is_static G_GNUC_UNUSED)
#else
#define COMPAT_IPV6_NAME(function) function(const void *address, const char *name)
#endif

/* Callbacks for an interface: since 4.4 interfaces belong to a section of the capture. */
#if CICFLOW_WIRESHARK(4, 4)
#define COMPAT_INTERFACE_CALLBACK(function)                                                                            \
    function(struct packet_provider_data *provider, guint32 interface G_GNUC_UNUSED, unsigned section G_GNUC_UNUSED)
#else
#define COMPAT_INTERFACE_CALLBACK(function)                                                                            \
    function(struct packet_provider_data *provider, guint32 interface G_GNUC_UNUSED)
#endif

/* Index of the interface that a record was captured on, among all of its file. */
static inline guint
compat_interface_index(wtap *capture, const wtap_rec *rec)
{
    guint interface = rec->rec_header.packet_header.interface_id;
#if CICFLOW_WIRESHARK(4, 4)
    guint section = rec->presence_flags & WTAP_HAS_SECTION_NUMBER ? rec->section_number : 0;
    return wtap_file_get_shb_global_interface_id(capture, section, interface);
#else
    (void)capture;
    return interface;
#endif
}

/* Enables or disables a heuristic dissector; false if there is none of that name. */
static inline bool
compat_enable_heuristic(const char *name, bool enable)
{
#if CICFLOW_WIRESHARK(4, 2)
    return enable ? proto_enable_heuristic_by_name(name) : proto_disable_heuristic_by_name(name);
#else
    return proto_enable_heuristic_by_name(name, enable);
#endif
}

/* Defines the callback of a -z option from a function that returns nothing: since 4.6 the callback returns success. */
#if CICFLOW_WIRESHARK(4, 6)
#define COMPAT_STAT_TAP_INIT(callback, function)                                                                       \
    static bool callback(const char *option, void *user)                                                               \
    {                                                                                                                  \
        function(option, user);                                                                                        \
        return true;                                                                                                   \
    }
#else
#define COMPAT_STAT_TAP_INIT(callback, function)                                                                       \
    static void callback(const char *option, void *user)                                                               \
    {                                                                                                                  \
        function(option, user);                                                                                        \
    }
#endif

/* Prefix of our entries in the Statistics menu: since 4.6 plugins may have a submenu. */
#if CICFLOW_WIRESHARK(4, 6)
#define COMPAT_STATISTICS_MENU "CIC Flow/"
#else
#define COMPAT_STATISTICS_MENU "CIC Flow: "
#endif

/* Defines the plugin description function that newer versions ask for; earlier versions find the kind out themselves.
 */
#if CICFLOW_WIRESHARK(4, 4)
#define COMPAT_DESCRIBE_PLUGIN(kinds)                                                                                  \
    WS_DLL_PUBLIC uint32_t plugin_describe(void);                                                                      \
    uint32_t plugin_describe(void)                                                                                     \
    {                                                                                                                  \
        return kinds;                                                                                                  \
    }
#else
#define COMPAT_DESCRIBE_PLUGIN(kinds)
#endif

/* Parameters of conversation filter callbacks: since 4.2 they include user data, which we do not use. */
#if CICFLOW_WIRESHARK(4, 2)
#define COMPAT_FILTER_CALLBACK(function) function(packet_info *pinfo, void *user G_GNUC_UNUSED)
#else
#define COMPAT_FILTER_CALLBACK(function) function(packet_info *pinfo)
#endif

/* Adds an entry to the menu of conversation filters. */
static inline void
compat_register_conversation_filter(const char *protocol, const char *title, is_filter_valid_func is_valid,
                                    build_filter_string_func build)
{
#if CICFLOW_WIRESHARK(4, 2)
    register_conversation_filter(protocol, title, is_valid, build, NULL);
#else
    register_conversation_filter(protocol, title, is_valid, build);
#endif
}
