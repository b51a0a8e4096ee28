/*
 * replay.c - runs a fuzz target without libFuzzer: on files, then on bytes made from a fixed seed.
 *
 * usage: TARGET [-n INPUTS] [-s SEED] [FILE...]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_BYTES_MAX = 4096 };

static void
replay_file(const char *path)
{
    char *data;
    gsize size;
    GError *error = NULL;

    if (!g_file_get_contents(path, &data, &size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(EXIT_FAILURE);
    }
    /* A block of exactly this size, so that a sanitizer sees a read behind its end. */
    uint8_t *exact = g_malloc(size);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    g_free(exact);
    g_free(data);
}

/* Random bytes with runs of few values in between: pure noise never repeats a key or a flag. */
static void
fill(GRand *random, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t wanted = 1 + g_rand_int(random) % 32;
        size_t run = MIN(wanted, size - i);
        gboolean few = g_rand_boolean(random);
        for (; run > 0; run--)
            data[i++] = (uint8_t)(few ? g_rand_int(random) % 4 : g_rand_int(random));
    }
}

static void
replay_seeded(guint32 seed, gint inputs)
{
    GRand *random = g_rand_new_with_seed(seed);

    for (gint i = 0; i < inputs; i++) {
        size_t size = g_rand_int(random) % (INPUT_BYTES_MAX + 1);
        uint8_t *data = g_malloc(size);
        fill(random, data, size);
        LLVMFuzzerTestOneInput(data, size);
        g_free(data);
    }
    g_rand_free(random);
}

int
main(int argc, char **argv)
{
    gint inputs = 0, seed = 1;
    GOptionEntry entries[] = {
        {"inputs", 'n', 0, G_OPTION_ARG_INT, &inputs, "inputs to make", "INPUTS"},
        {"seed", 's', 0, G_OPTION_ARG_INT, &seed, "seed of the inputs", "SEED"},
        {0},
    };
    GError *error = NULL;
    GOptionContext *context = g_option_context_new("[FILE...]");

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    g_option_context_free(context);
    for (int i = 1; i < argc; i++)
        replay_file(argv[i]);
    replay_seeded((guint32)seed, inputs);
    printf("%d files, %d inputs\n", argc - 1, inputs);
    return EXIT_SUCCESS;
}
