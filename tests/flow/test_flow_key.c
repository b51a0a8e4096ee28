/*
 * test_flow_key.c - the hash against its authors' vectors, and which packets have the same key.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flow/flow_key.h"

#include <stdbool.h>
#include <string.h>

#include "packet_text.h"
#include "tests.h"

/* Published with SipHash-2-4: the hash of the bytes 0, 1, ... n - 1 under the key of the bytes 0, 1, ... 15, for each
 * n. */
static const uint64_t siphash_vectors[] = {
    /* clang-format off */
    UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd), UINT64_C(0x0d6c8009d9a94f5a),
    UINT64_C(0x85676696d7fb7e2d), UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
    UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137), UINT64_C(0x93f5f5799a932462),
    UINT64_C(0x9e0082df0ba9e4b0), UINT64_C(0x7a5dbbc594ddb9f3), UINT64_C(0xf4b32f46226bada7),
    UINT64_C(0x751e8fbc860ee5fb), UINT64_C(0x14ea5627c0843d90), UINT64_C(0xf723ca908e7af2ee),
    UINT64_C(0xa129ca6149be45e5), UINT64_C(0x3f2acc7f57c29bdb), UINT64_C(0x699ae9f52cbe4794),
    UINT64_C(0x4bc1b3f0968dd39c), UINT64_C(0xbb6dc91da77961bd), UINT64_C(0xbed65cf21aa2ee98),
    UINT64_C(0xd0f2cbb02e3b67c7), UINT64_C(0x93536795e3a33e88), UINT64_C(0xa80c038ccd5ccec8),
    UINT64_C(0xb8ad50c6f649af94), UINT64_C(0xbce192de8a85b8ea), UINT64_C(0x17d835b85bbb15f3),
    UINT64_C(0x2f2e6163076bcfad), UINT64_C(0xde4daaaca71dc9a5), UINT64_C(0xa6a2506687956571),
    UINT64_C(0xad87a3535c49ef28), UINT64_C(0x32d892fad841c342), UINT64_C(0x7127512f72f27cce),
    UINT64_C(0xa7f32346f95978e3), UINT64_C(0x12e0b01abb051238), UINT64_C(0x15e034d40fa197ae),
    UINT64_C(0x314dffbe0815a3b4), UINT64_C(0x027990f029623981), UINT64_C(0xcadcd4e59ef40c4d),
    UINT64_C(0x9abfd8766a33735c), UINT64_C(0x0e3ea96b5304a7d0), UINT64_C(0xad0c42d6fc585992),
    UINT64_C(0x187306c89bc215a9), UINT64_C(0xd4a60abcf3792b95), UINT64_C(0xf935451de4f21df2),
    UINT64_C(0xa9538f0419755787), UINT64_C(0xdb9acddff56ca510), UINT64_C(0xd06c98cd5c0975eb),
    UINT64_C(0xe612a3cb9ecba951), UINT64_C(0xc766e62cfcadaf96), UINT64_C(0xee64435a9752fe72),
    UINT64_C(0xa192d576b245165a), UINT64_C(0x0a8787bf8ecb74b2), UINT64_C(0x81b3e73d20b49b6f),
    UINT64_C(0x7fa8220ba3b2ecea), UINT64_C(0x245731c13ca42499), UINT64_C(0xb78dbfaf3a8d83bd),
    UINT64_C(0xea1ad565322a1a0b), UINT64_C(0x60e61c23a3795013), UINT64_C(0x6606d7e446282b93),
    UINT64_C(0x6ca4ecb15c5f91e1), UINT64_C(0x9f626da15c9625f3), UINT64_C(0xe51b38608ef25f57),
    UINT64_C(0x958a324ceb064572),
    /* clang-format on */
};

static const hash_secret published_secret = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

static void
siphash_has_published_values(void **state G_GNUC_UNUSED)
{
    unsigned char message[G_N_ELEMENTS(siphash_vectors)];

    for (size_t size = 0; size < G_N_ELEMENTS(siphash_vectors); size++) {
        assert_int_equal(siphash(&published_secret, message, size), siphash_vectors[size]);
        message[size] = (unsigned char)size;
    }
}

static void
siphash_takes_any_alignment(void **state G_GNUC_UNUSED)
{
    unsigned char buffer[64 + 8];

    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t i = 0; i < 63; i++)
            buffer[shift + i] = (unsigned char)i;
        assert_int_equal(siphash(&published_secret, buffer + shift, 63), siphash_vectors[63]);
    }
}

static void
secrets_differ(void **state G_GNUC_UNUSED)
{
    hash_secret a, b;

    hash_secret_init(&a);
    hash_secret_init(&b);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_int_not_equal(a.word[0], a.word[1]);
}

/* Two packets, and whether they are of one flow. */
static const struct key_row {
    const char *name, *first, *second;
    bool same;
} rows[] = {
#define KEY(name) "/flow_key/" name
    {KEY("tcp_reply"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 tcp 10.0.0.2:2 > 10.0.0.1:1", true},
    {KEY("tcp_ports_crossed"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 tcp 10.0.0.1:2 > 10.0.0.2:1", false},
    {KEY("tcp_other_source_port"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 tcp 10.0.0.1:3 > 10.0.0.2:2", false},
    {KEY("tcp_other_destination_port"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 tcp 10.0.0.1:1 > 10.0.0.2:258", false},
    {KEY("tcp_other_address"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 tcp 10.0.0.1:1 > 10.0.0.3:2", false},
    {KEY("tcp_is_not_udp"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2", "0 udp 10.0.0.1:1 > 10.0.0.2:2", false},
    {KEY("udp_reply"), "0 udp 10.0.0.9:53 > 10.0.0.2:999", "0 udp 10.0.0.2:999 > 10.0.0.9:53", true},
    {KEY("ports_to_oneself"), "0 udp 10.0.0.1:1 > 10.0.0.1:2", "0 udp 10.0.0.1:2 > 10.0.0.1:1", true},
    {KEY("one_port_to_oneself"), "0 udp 10.0.0.1:1 > 10.0.0.1:1", "0 udp 10.0.0.1:1 > 10.0.0.1:2", false},
    {KEY("ipv6_reply"), "0 tcp [2001:db8::1]:1 > [2001:db8::2]:2", "0 tcp [2001:db8::2]:2 > [2001:db8::1]:1", true},
    /* a00:1:: has the bytes of 10.0.0.1 */
    {KEY("ipv4_is_not_ipv6"), "0 udp 10.0.0.1:1 > 10.0.0.2:2", "0 udp [a00:1::]:1 > [a00:2::]:2", false},
    {KEY("numbers_are_no_matter"), "0 tcp 10.0.0.1:1 > 10.0.0.2:2 flags=S win=5 seq=1",
     "9 tcp 10.0.0.1:1 > 10.0.0.2:2 len=999 payload=3 frame=7 id=5 type=8", true},
    {KEY("echo_reply"), "0 icmp 10.0.0.1 > 10.0.0.2 type=8 id=5", "0 icmp 10.0.0.2 > 10.0.0.1 type=0 id=5", true},
    {KEY("echo_other_identifier"), "0 icmp 10.0.0.1 > 10.0.0.2 type=8 id=5", "0 icmp 10.0.0.1 > 10.0.0.2 type=8 id=6",
     false},
    {KEY("timestamp_reply"), "0 icmp 10.0.0.1 > 10.0.0.2 type=13 id=5", "0 icmp 10.0.0.2 > 10.0.0.1 type=14 id=5",
     true},
    {KEY("timestamp_other_identifier"), "0 icmp 10.0.0.1 > 10.0.0.2 type=14 id=5",
     "0 icmp 10.0.0.1 > 10.0.0.2 type=14 id=6", false},
    {KEY("information_reply"), "0 icmp 10.0.0.1 > 10.0.0.2 type=15 id=5", "0 icmp 10.0.0.2 > 10.0.0.1 type=16 id=5",
     true},
    {KEY("mask_reply"), "0 icmp 10.0.0.1 > 10.0.0.2 type=17 id=5", "0 icmp 10.0.0.2 > 10.0.0.1 type=18 id=5", true},
    {KEY("extended_echo_reply"), "0 icmp 10.0.0.1 > 10.0.0.2 type=42 id=5", "0 icmp 10.0.0.2 > 10.0.0.1 type=43 id=5",
     true},
    {KEY("extended_echo_other_identifier"), "0 icmp 10.0.0.1 > 10.0.0.2 type=43 id=5",
     "0 icmp 10.0.0.1 > 10.0.0.2 type=43 id=6", false},
    {KEY("extended_echo_is_no_echo"), "0 icmp 10.0.0.1 > 10.0.0.2 type=42 id=5",
     "0 icmp 10.0.0.1 > 10.0.0.2 type=8 id=5", false},
    {KEY("echo_is_not_timestamp"), "0 icmp 10.0.0.1 > 10.0.0.2 type=8 id=5", "0 icmp 10.0.0.1 > 10.0.0.2 type=13 id=5",
     false},
    {KEY("code_is_no_matter"), "0 icmp 10.0.0.1 > 10.0.0.2 type=3 code=1", "0 icmp 10.0.0.1 > 10.0.0.2 type=3 code=3",
     true},
    {KEY("error_has_no_identifier"), "0 icmp 10.0.0.1 > 10.0.0.2 type=3 id=5", "0 icmp 10.0.0.1 > 10.0.0.2 type=3 id=6",
     true},
    {KEY("error_of_other_type"), "0 icmp 10.0.0.1 > 10.0.0.2 type=3", "0 icmp 10.0.0.1 > 10.0.0.2 type=11", false},
    {KEY("error_is_no_echo"), "0 icmp 10.0.0.1 > 10.0.0.2 type=3", "0 icmp 10.0.0.1 > 10.0.0.2 type=8", false},
    {KEY("icmpv6_echo_reply"), "0 icmpv6 fe80::1 > fe80::2 type=128 id=5", "0 icmpv6 fe80::2 > fe80::1 type=129 id=5",
     true},
    {KEY("icmpv6_echo_other_identifier"), "0 icmpv6 fe80::1 > fe80::2 type=129 id=5",
     "0 icmpv6 fe80::1 > fe80::2 type=129 id=6", false},
    {KEY("icmpv6_extended_echo_reply"), "0 icmpv6 fe80::1 > fe80::2 type=160 id=5",
     "0 icmpv6 fe80::2 > fe80::1 type=161 id=5", true},
    {KEY("icmpv6_extended_echo_other_identifier"), "0 icmpv6 fe80::1 > fe80::2 type=160 id=5",
     "0 icmpv6 fe80::1 > fe80::2 type=160 id=6", false},
    {KEY("icmpv6_has_no_icmp_extended_echo"), "0 icmpv6 fe80::1 > fe80::2 type=42 id=5",
     "0 icmpv6 fe80::2 > fe80::1 type=43 id=5", false},
    {KEY("icmpv6_has_no_icmp_pairs"), "0 icmpv6 fe80::1 > fe80::2 type=8 id=5",
     "0 icmpv6 fe80::2 > fe80::1 type=0 id=5", false},
    {KEY("icmpv6_solicitation_has_no_identifier"), "0 icmpv6 fe80::1 > fe80::2 type=135 id=5",
     "0 icmpv6 fe80::1 > fe80::2 type=135 id=6", true},
    {KEY("icmp_has_no_icmpv6_pairs"), "0 icmp 10.0.0.1 > 10.0.0.2 type=128 id=5",
     "0 icmp 10.0.0.2 > 10.0.0.1 type=129 id=5", false},
#undef KEY
};

static void
key_of(flow_key *key, const char *line)
{
    observation packet;
    packet_text_kind kind;
    GError *error = NULL;

    if (!packet_text_parse(line, &packet, &kind, &error))
        fail_msg("%s: %s", line, error->message);
    /* Whatever was in the memory before may not become part of the identity. */
    memset(key, 0xa5, sizeof *key);
    flow_key_init(key, &packet, &published_secret);
}

static void
run(void **state)
{
    const struct key_row *row = *state;
    flow_key first, second;

    key_of(&first, row->first);
    key_of(&second, row->second);
    assert_int_equal(flow_key_equal(&first, &second), row->same);
    assert_int_equal(flow_key_hash(&first) == flow_key_hash(&second), row->same);
}

static void
hash_depends_on_secret(void **state G_GNUC_UNUSED)
{
    static const hash_secret other = {{1, 2}};
    observation packet;
    packet_text_kind kind;
    flow_key a, b;

    assert_true(packet_text_parse("0 tcp 10.0.0.1:1 > 10.0.0.2:2", &packet, &kind, NULL));
    flow_key_init(&a, &packet, &published_secret);
    flow_key_init(&b, &packet, &other);
    assert_true(flow_key_equal(&a, &b));
    assert_int_not_equal(flow_key_hash(&a), flow_key_hash(&b));
}

void
flow_key_tests(GArray *tests)
{
    test_list_add(tests, "/siphash/published_values", siphash_has_published_values, NULL);
    test_list_add(tests, "/siphash/any_alignment", siphash_takes_any_alignment, NULL);
    test_list_add(tests, "/siphash/secrets_differ", secrets_differ, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        test_list_add(tests, rows[i].name, run, &rows[i]);
    test_list_add(tests, "/flow_key/hash_depends_on_secret", hash_depends_on_secret, NULL);
}
