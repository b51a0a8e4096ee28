/*
 * settings.c - see settings.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "settings.h"

#include <stddef.h>
#include <string.h>

enum kind { KIND_text, KIND_input_file, KIND_output_file, KIND_number, KIND_boolean };

static const struct place {
    const char *name;
    enum kind kind;
    size_t offset;
} places[] = {
#define PREFERENCE(name, kind, initial, title, description) {#name, KIND_##kind, offsetof(option_texts, name)},
#include "../../plugin/options.def"
};

static void
set(option_texts *texts, const char *name, const char *value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        void *at = (char *)texts + places[i].offset;
        if (strcmp(places[i].name, name) != 0)
            continue;
        if (places[i].kind == KIND_boolean)
            *(option_boolean *)at = strcmp(value, "TRUE") == 0;
        else if (places[i].kind == KIND_number)
            *(option_number *)at = (option_number)g_ascii_strtoull(value, NULL, 10);
        else
            *(option_text *)at = value;
    }
}

static option_texts
texts_of(const struct options *options)
{
    option_texts texts = {
#define PREFERENCE(name, kind, initial, title, description) .name = (initial),
#include "../../plugin/options.def"
    };

    for (int id = 0; id < OPT_COUNT; id++) {
        const char *value = options_text(options, id);
        if (option_rows[id].kind == OPTION_FLAG)
            value = options_given(options, id) ? "TRUE" : "FALSE";
        if (option_rows[id].preference && value)
            set(&texts, option_rows[id].preference, value);
    }
    texts.fast = !options_given(options, OPT_FULL_DISSECTION);
    texts.verbose = options_given(options, OPT_VERBOSE);
    return texts;
}

void
settings_use_own_words(GError *error)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        if (!option_rows[id].preference)
            continue;
        g_autofree char *start = g_strdup_printf("cicflow.%s: ", option_rows[id].preference);
        if (g_str_has_prefix(error->message, start)) {
            char *said = g_strdup_printf("--%s: %s", option_rows[id].name, error->message + strlen(start));
            g_free(error->message);
            error->message = said;
        }
    }
}

gboolean
settings_init(run_settings *settings, const struct options *options, const char *capture, GError **error)
{
    option_texts texts = texts_of(options);
    g_autoptr(GError) problem = NULL;

    texts.capture = capture;

    if (run_settings_init(settings, &texts, &problem))
        return TRUE;
    settings_use_own_words(problem);
    return options_wrong(error, "%s", problem->message);
}
