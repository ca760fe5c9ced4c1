/* The commands. Each answers one line of JSON.
 *
 *   load <codec> <port>               codec: parley, ws, socketio, tutorial
 *   socket <room|-> <user> <cookie|bearer> <secret> <sender 0|1>     (no answer)
 *   pids <server's processes>                                        (no answer)
 *   connect <at once> <join 0|1> open every closed socket, at most so many at once
 *   flood <window> <warm-up ms> <measured ms>   every sender keeps `window` messages under way: one is under way until
 *                                     it is acknowledged and has come to everyone in its room
 *   pace <a second> <warm-up ms> <measured ms>  messages at even times; latencies count from when each was due
 *   burst <n>                         every sender sends n messages; ends when all have come to everyone
 *   drop <0: all | 1: those who do not send>    close sockets without a word, as a lost network does
 *   rewind <n>                        closed sockets forget the last n events
 *   resume <at once>                  open closed sockets after what they saw last; ends when all are level
 *   idle <ms>                         only answer pings
 *   quit
 */
#define _GNU_SOURCE
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ull
static const uint64_t PATIENCE = 15 * SECOND;

const struct codec *codec;
int port;
char nonce[24];
const char *body = "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs, they say.";

static void pump_until(uint64_t end)
{
    for (uint64_t at = clock_ns(); at < end; at = clock_ns()) net_pump((int64_t)(end - at));
}

static bool is_level(void)
{
    for (uint32_t i = 0; i < sock_count; i++)
        if (socks[i].state != READY || (socks[i].room && socks[i].last < socks[i].room->head)) return false;
    return true;
}

static void open_all(uint32_t at_once, bool join, bool resume)
{
    uint64_t start = clock_ns(), last = start;
    uint32_t next = 0, ready = ready_count;
    double cpu = cpu_seconds(), server = server_cpu_seconds();
    bool level = false;
    while (clock_ns() - last < PATIENCE) {
        for (; next < sock_count && opening_count < at_once; next++) {
            struct sock *s = &socks[next];
            if (s->state != CLOSED) continue;
            s->joins = join && s->room;
            s->after = resume ? s->last : 0;
            net_open(s);
        }
        net_pump(SECOND / 10);
        if (ready_count != ready) { ready = ready_count; last = clock_ns(); }
        if (resume) last = now > last ? now : last;
        if (next == sock_count && !opening_count && (!resume || (level = is_level()))) break;
    }
    double seconds = (double)(clock_ns() - start) / 1e9;
    printf("{\"ready\":%u,\"of\":%u,\"level\":%s,\"seconds\":%.4f,\"cpu\":%.3f,\"server_cpu\":%.3f,\"errors\":%" PRIu64
           ",\"disordered\":%" PRIu64 "}\n",
           ready_count, sock_count, level || !resume ? "true" : "false", seconds, (cpu_seconds() - cpu) / seconds,
           server_cpu_seconds() - server, counts.errors, counts.disordered);
}

/* Wait for what is under way, as long as anything comes. */
static void drain(void)
{
    uint64_t last = clock_ns(), seen = counts.acked + counts.delivered;
    while (outstanding && clock_ns() - last < PATIENCE) {
        net_pump(SECOND / 10);
        if (counts.acked + counts.delivered != seen) { seen = counts.acked + counts.delivered; last = clock_ns(); }
    }
    pump_until(clock_ns() + SECOND / 5); /* anything doubled would come now */
}

struct mark { uint64_t at; struct counts counts; double cpu, server; };

static struct mark mark(void)
{
    return (struct mark){clock_ns(), counts, cpu_seconds(), server_cpu_seconds()};
}

static void report(const struct mark *from, const struct mark *to, const struct mark *before)
{
    double seconds = (double)(to->at - from->at) / 1e9;
    printf("{\"seconds\":%.4f,\"acked\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"cpu\":%.3f,\"server_cpu\":%.3f,"
           "\"ack_p50\":%.3f,\"ack_p99\":%.3f,\"delivery_p50\":%.3f,\"delivery_p99\":%.3f,",
           seconds, to->counts.acked - from->counts.acked, to->counts.delivered - from->counts.delivered,
           (to->cpu - from->cpu) / seconds, to->server - from->server, histogram_ms(&ack_times, 0.5),
           histogram_ms(&ack_times, 0.99), histogram_ms(&delivery_times, 0.5), histogram_ms(&delivery_times, 0.99));
    printf("\"sent\":%" PRIu64 ",\"expected\":%" PRIu64 ",\"came\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"doubled\":%" PRIu64
           ",\"disordered\":%" PRIu64 ",\"foreign\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"closed\":%" PRIu64 "}\n",
           counts.sent - before->counts.sent, counts.expected - before->counts.expected,
           counts.delivered - before->counts.delivered, clients_missing(), counts.doubled - before->counts.doubled,
           counts.disordered - before->counts.disordered, counts.foreign - before->counts.foreign,
           counts.errors - before->counts.errors, counts.closed - before->counts.closed);
    clients_forget();
}

static struct mark begin_measuring(void)
{
    histogram_clear(&ack_times);
    histogram_clear(&delivery_times);
    measuring = true;
    return mark();
}

static void flood(uint32_t size, uint64_t warm_up, uint64_t measured)
{
    struct mark before = mark();
    window = size;
    for (uint32_t i = 0; i < sock_count; i++)
        for (uint32_t n = 0; socks[i].sender && socks[i].state == READY && n < size; n++)
            clients_send(&socks[i], clock_ns());
    pump_until(clock_ns() + warm_up);
    struct mark from = begin_measuring();
    pump_until(clock_ns() + measured);
    measuring = false;
    struct mark to = mark();
    window = 0;
    drain();
    report(&from, &to, &before);
}

static uint32_t next_sender(uint32_t after)
{
    for (uint32_t i = 1; i <= sock_count; i++) {
        uint32_t at = (after + i * 7) % sock_count; /* 7: not the same room twice in a row */
        if (socks[at].sender && socks[at].state == READY) return at;
    }
    return after;
}

static void pace_until(uint64_t *due, uint64_t end, double rate)
{
    static uint32_t sender;
    for (uint64_t at = clock_ns(); at < end; at = clock_ns()) {
        while (*due <= at && *due < end) {
            clients_send(&socks[sender = next_sender(sender)], *due);
            *due += (uint64_t)(1e9 / rate);
        }
        uint64_t next = *due < end ? *due : end;
        at = clock_ns();
        net_pump(next > at ? (int64_t)(next - at) : 0);
    }
}

static void pace(double rate, uint64_t warm_up, uint64_t measured)
{
    struct mark before = mark();
    uint64_t due = clock_ns();
    pace_until(&due, due + warm_up, rate);
    struct mark from = begin_measuring();
    pace_until(&due, from.at + measured, rate);
    struct mark to = mark();
    drain();
    measuring = false;
    report(&from, &to, &before);
}

static void burst(uint32_t n)
{
    struct mark before = mark();
    uint32_t left[20000] = {0}, senders = 0;
    for (uint32_t i = 0; i < sock_count; i++)
        if (socks[i].sender && socks[i].state == READY) { left[i] = n; senders++; }
    for (uint64_t last = clock_ns(); senders && clock_ns() - last < PATIENCE;) {
        senders = 0;
        for (uint32_t i = 0; i < sock_count; i++) {
            for (; left[i] && socks[i].inflight < 8; left[i]--, last = clock_ns()) clients_send(&socks[i], last);
            senders += left[i] > 0;
        }
        net_pump(SECOND / 100);
    }
    drain();
    struct mark to = mark();
    report(&before, &to, &before);
}

static void drop(bool listeners_only)
{
    uint32_t dropped = 0;
    for (uint32_t i = 0; i < sock_count; i++)
        if (socks[i].fd >= 0 && !(listeners_only && socks[i].sender)) {
            net_close(&socks[i]);
            dropped++;
        }
    pump_until(clock_ns() + SECOND / 2);
    printf("{\"dropped\":%u}\n", dropped);
}

static void rewind_by(uint64_t n)
{
    uint32_t rewound = 0;
    for (uint32_t i = 0; i < sock_count; i++)
        if (socks[i].state == CLOSED && socks[i].last > n) { socks[i].last -= n; rewound++; }
    printf("{\"rewound\":%u}\n", rewound);
}

static void obey(char *line)
{
    double a = 0, b = 0, c = 0;
    char word[32] = "";
    if (sscanf(line, "%31s %lf %lf %lf", word, &a, &b, &c) < 1) return;
    if (!strcmp(word, "socket")) { clients_add(line + 7); return; }
    if (!strcmp(word, "pids")) { watch_pids(line + 5); return; }
    if (!strcmp(word, "connect")) open_all((uint32_t)a, b != 0, false);
    else if (!strcmp(word, "resume")) open_all((uint32_t)a, true, true);
    else if (!strcmp(word, "flood")) flood((uint32_t)a, (uint64_t)(b * 1e6), (uint64_t)(c * 1e6));
    else if (!strcmp(word, "pace")) pace(a, (uint64_t)(b * 1e6), (uint64_t)(c * 1e6));
    else if (!strcmp(word, "burst")) burst((uint32_t)a);
    else if (!strcmp(word, "drop")) drop(a != 0);
    else if (!strcmp(word, "rewind")) rewind_by((uint64_t)a);
    else if (!strcmp(word, "idle")) { pump_until(clock_ns() + (uint64_t)(a * 1e6)); printf("{}\n"); }
    else if (!strcmp(word, "quit")) exit(0);
    else printf("{\"error\":\"unknown command\"}\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 3 || !(codec = find_codec(argv[1]))) {
        fprintf(stderr, "load <parley|ws|socketio|tutorial> <port>\n");
        return 2;
    }
    port = atoi(argv[2]);
    net_init();
    uint64_t seed = clock_ns();
    snprintf(nonce, sizeof nonce, "%08" PRIx32 "-%04" PRIx32 "-4000-8000", (uint32_t)(seed >> 8),
             (uint32_t)(seed >> 40) & 0xffff);
    setvbuf(stdin, NULL, _IONBF, 0); /* what is read ahead would not wake the poller */
    char line[1024];
    for (;;) {
        net_pump(SECOND);
        if (net_stdin_ready()) {
            if (!fgets(line, sizeof line, stdin)) return 0;
            obey(line);
        }
    }
}
