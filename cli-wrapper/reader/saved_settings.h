/*
 * saved_settings.h - whether Wireshark decodes as it does where nobody has changed anything.
 *
 * Then the tables of this program say which frames need Wireshark's dissectors, and these are not started for a capture
 * without such frames. Files of settings are looked into only as far as that: Wireshark reads them itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOWMETER_SAVED_SETTINGS_H
#define CICFLOWMETER_SAVED_SETTINGS_H

#include "options.h"

/* Neither the options nor saved settings change how packets are decoded, and there are no plugins but Wireshark's own.
 */
gboolean saved_settings_are_usual(const struct options *options);

#endif
