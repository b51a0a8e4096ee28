/*
 * send_frames.c - sends frames of ever new TCP flows on an interface, as fast as the system takes them.
 *
 * usage: send-frames INTERFACE SECONDS [PACKETS_A_SECOND]
 *
 * Every flow has ten packets of 66 to 90 bytes in both directions, and two thousand flows take turns. The number of
 * packets that were sent goes to standard output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FRAME_MAX = 90, HEADERS = 54, STEPS = 10, TURNS = 2000 };

typedef struct {
    uint8_t bytes[FRAME_MAX];
    size_t length;
} frame;

static const uint8_t headers[HEADERS] = {2,    0, 0, 0, 0, 1, 2, 0, 0,  0, 0, 2, 8, 0, /* Ethernet */
                                         0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6};            /* IPv4, TCP */

static void
put16(uint8_t *at, uint16_t value)
{
    value = htons(value);
    memcpy(at, &value, sizeof value);
}

static void
put32(uint8_t *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, sizeof value);
}

/* The packet with this number of all that are sent. */
static void
make_frame(frame *f, uint64_t number)
{
    uint64_t group = number / (STEPS * TURNS), in_group = number % (STEPS * TURNS);
    uint32_t flow = (uint32_t)(group * TURNS + in_group % TURNS), step = (uint32_t)(in_group / TURNS);
    bool back = step % 2 != 0;
    uint32_t client = 0x0A000000 + flow % 0xFFFFFF, server = 0xC0A80001 + flow % 7;
    uint16_t payload = (uint16_t)(12 + (flow + step) % 25);

    memcpy(f->bytes, headers, sizeof headers);
    put16(f->bytes + 16, (uint16_t)(40 + payload));
    put32(f->bytes + 26, back ? server : client);
    put32(f->bytes + 30, back ? client : server);
    put16(f->bytes + 34, back ? 443 : (uint16_t)(1024 + flow / 0xFFFFFF));
    put16(f->bytes + 36, back ? (uint16_t)(1024 + flow / 0xFFFFFF) : 443);
    put32(f->bytes + 38, step);
    f->bytes[46] = 0x50;
    f->bytes[47] = step == STEPS - 1 ? 0x19 : 0x18; /* FIN, PSH, ACK */
    put16(f->bytes + 48, 1000);
    f->length = HEADERS + payload;
}

static double
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int
open_socket(const char *interface)
{
    struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);

    if (fd < 0 || place.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&place, sizeof place) != 0) {
        fprintf(stderr, "send-frames: cannot send on %s: %s\n", interface, strerror(errno));
        exit(EXIT_FAILURE);
    }
    return fd;
}

/* A full queue is no failure. Returns how many of the batch were sent. */
static int
send_some(int fd, struct mmsghdr *messages, unsigned count)
{
    int sent = sendmmsg(fd, messages, count, 0);

    if (sent >= 0)
        return sent;
    if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
        return 0;
    fprintf(stderr, "send-frames: cannot send: %s\n", strerror(errno));
    exit(EXIT_FAILURE);
}

static uint64_t
send_for(int fd, double seconds, double rate)
{
    static frame frames[BATCH];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH] = {0};
    double begin = now(), passed;
    uint64_t total = 0;

    while ((passed = now() - begin) < seconds) {
        if (rate > 0 && (double)total > passed * rate) {
            usleep(500);
            continue;
        }
        for (unsigned i = 0; i < BATCH; i++) {
            make_frame(&frames[i], total + i);
            parts[i] = (struct iovec){frames[i].bytes, frames[i].length};
            messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
        }
        total += (uint64_t)send_some(fd, messages, BATCH);
    }
    return total;
}

int
main(int argument_count, char **arguments)
{
    if (argument_count < 3) {
        fprintf(stderr, "usage: send-frames INTERFACE SECONDS [PACKETS_A_SECOND]\n");
        return 2;
    }
    int fd = open_socket(arguments[1]);
    uint64_t sent = send_for(fd, atof(arguments[2]), argument_count > 3 ? atof(arguments[3]) : 0);
    close(fd);
    printf("%llu\n", (unsigned long long)sent);
    return 0;
}
