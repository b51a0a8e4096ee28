/*
 * module.c - the symbols that Wireshark looks up in a plugin file, and the entry point for cicflow.lua.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include "epan/compat.h"

#include <dlfcn.h>
#include <epan/proto.h>
#include <gmodule.h>
#include <wsutil/report_message.h>

#include "version.h"

WS_DLL_PUBLIC_DEF const gchar plugin_version[] = CICFLOW_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

void proto_register_cicflow(void);
void proto_reg_handoff_cicflow(void);

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC int luaopen_cicflow(void *lua);

COMPAT_DESCRIBE_PLUGIN(WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER)

/* The command cicflowmeter has this code built in, so the plugin does nothing in it. */
static bool
is_beside_command(void)
{
    return dlsym(RTLD_DEFAULT, "cicflowmeter_reads_captures") != NULL;
}

void
plugin_register(void)
{
    static proto_plugin plug;

    if (is_beside_command())
        return;

    plug.register_protoinfo = proto_register_cicflow;
    plug.register_handoff = proto_reg_handoff_cicflow;
    proto_register_plugin(&plug);
}

/* For package.loadlib() in a Lua script: registers at once what plugin_register() would have registered earlier. Does
 * nothing if the plugin is already loaded, or if Wireshark is not the version that it was built for. */
int
luaopen_cicflow(void *lua G_GNUC_UNUSED)
{
    int major = 0, minor = 0;

    if (is_beside_command() || proto_get_id_by_filter_name("cicflow") != -1)
        return 0;
    epan_get_version_number(&major, &minor, NULL);
    if (major != WIRESHARK_VERSION_MAJOR || minor != WIRESHARK_VERSION_MINOR) {
        report_failure("cicflow: built for Wireshark %d.%d, but this is %d.%d", WIRESHARK_VERSION_MAJOR,
                       WIRESHARK_VERSION_MINOR, major, minor);
        return 0;
    }
    proto_register_cicflow();
    proto_reg_handoff_cicflow();
    return 0;
}
