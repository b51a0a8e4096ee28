/*
 * locate.h - where tshark, dumpcap and the plugin are on this machine.
 *
 * tshark: $TSHARK, PATH, then the folders that Wireshark's installers use. dumpcap: beside that tshark, then PATH. The
 * plugin: a folder with cicflow.so and cicflow.lua ($CICFLOW_PLUGIN_DIR, beside this command, ../lib/cicflow, the build
 * folder); when there is none it has to be installed in Wireshark's own plugin folder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_LOCATE_H
#define CICFLOWMETER_LOCATE_H

#include <glib.h>

struct tools {
    char *tshark;
    char *dumpcap; /* NULL: none */
    char *script;  /* cicflow.lua to load the plugin with, NULL: it is installed, or nowhere */
};

gboolean locate_tools(struct tools *tools, GError **error);
void locate_clear(struct tools *tools);

/* One line that says how to get tshark, or the plugin. */
extern const char *const locate_tshark_missing;
extern const char *const locate_dumpcap_missing;
extern const char *const locate_plugin_missing;

/* Adds the options of tshark that load the plugin. */
void locate_add_plugin(GPtrArray *argv, const struct tools *tools);

#endif
