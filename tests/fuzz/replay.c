/*
 * replay.c - runs a fuzz target without libFuzzer: on files, on a corpus (an input a line, in base64; see campaign),
 * then on bytes made from a fixed seed.
 *
 * usage: TARGET [-n INPUTS] [-s SEED] [-c CORPUS] [FILE...]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "fuzz.h"

enum { INPUT_BYTES_MAX = 4096 };

static char *
read_file(const char *path, gsize *size)
{
    char *data;
    GError *error = NULL;

    if (!g_file_get_contents(path, &data, size, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(EXIT_FAILURE);
    }
    return data;
}

static void
replay(gconstpointer data, gsize size)
{
    /* A block of exactly this size, so that a sanitizer sees a read beyond its end. */
    uint8_t *exact = g_malloc(size);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    g_free(exact);
}

static void
replay_file(const char *path)
{
    gsize size;
    g_autofree char *data = read_file(path, &size);

    replay(data, size);
}

static guint
replay_corpus(const char *path)
{
    gsize size;
    g_autofree char *text = read_file(path, &size);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    guint count = g_strv_length(lines);

    for (guint i = 0; i < count; i++) {
        guchar *data = g_base64_decode(lines[i], &size);
        replay(data, size);
        g_free(data);
    }
    return count;
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
    char *corpus = NULL;
    GOptionEntry entries[] = {
        {"inputs", 'n', 0, G_OPTION_ARG_INT, &inputs, "inputs to make", "INPUTS"},
        {"corpus", 'c', 0, G_OPTION_ARG_FILENAME, &corpus, "inputs in base64, a line each", "FILE"},
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
    guint kept = corpus ? replay_corpus(corpus) : 0;
    replay_seeded((guint32)seed, inputs);
    printf("%d files, %u of the corpus, %d inputs\n", argc - 1, kept, inputs);
    g_free(corpus);
    return EXIT_SUCCESS;
}
