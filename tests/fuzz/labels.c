/*
 * labels.c - fuzz target: any bytes as a file of labelling rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "../../plugin/run/label_file.h"
#include "fuzz.h"

static char *path;

static __attribute__((destructor)) void
remove_file(void)
{
    if (path)
        g_unlink(path);
    g_free(path);
}

static void
write_file(const uint8_t *data, size_t size)
{
    if (!path) {
        int descriptor = g_file_open_tmp("labels-XXXXXX", &path, NULL);
        FUZZ_CHECK(descriptor >= 0);
        close(descriptor);
    }
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file);
    FUZZ_CHECK(size == 0 || fwrite(data, 1, size, file) == size);
    FUZZ_CHECK(fclose(file) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;

    write_file(data, size);
    GPtrArray *rules = label_file_read(path, &error);
    FUZZ_CHECK((rules != NULL) == (error == NULL));
    if (!rules)
        return 0;
    for (guint i = 0; i < rules->len; i++) {
        const label_line *rule = rules->pdata[i];
        FUZZ_CHECK(rule->line > 0 && *rule->label && *rule->filter);
        FUZZ_CHECK(g_utf8_validate(rule->label, -1, NULL) && g_utf8_validate(rule->filter, -1, NULL));
    }
    g_ptr_array_unref(rules);
    return 0;
}
