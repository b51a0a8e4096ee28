/* dissection.h - how tshark dissects: application protocols off unless something that was asked for needs them.
 *
 * tshark gets a configuration folder of this run's own: the user's, entry for entry by links, with a disabled_protos file
 * that adds application_protocols.def to what the user has switched off. So the user's preferences, Decode As rules and
 * keys keep their effect, and protocols that carry IP packets stay as the user has them. */
#ifndef CICFLOWMETER_DISSECTION_H
#define CICFLOWMETER_DISSECTION_H

#include "options.h"

/* Whether a column, label, filter or the user asks for application protocols. */
gboolean dissection_is_full(const struct options *options);

/* Makes the configuration folder below work and returns an environment that names it; free with g_strfreev. */
char **dissection_environment(const char *work, GError **error);

/* Adds the tshark options that go with it. */
void dissection_add_arguments(GPtrArray *argv, const struct options *options);

#endif
