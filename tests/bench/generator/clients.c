/* The clients: who is online where, what is under way, and whether it came once, to everyone, in order. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SOCKS = 20000, MAX_ROOMS = 10000 };

struct sock *socks;
uint32_t sock_count, ready_count, opening_count, window;
uint64_t outstanding;
struct counts counts;

static struct room *rooms;
static uint32_t room_count;
static struct message *messages;
static uint64_t message_count, message_cap;
static struct sock **waiting; /* senders that may send more */
static uint32_t waiting_count;

static struct room *find_room(const char *name)
{
    if (!strcmp(name, "-")) return NULL;
    for (uint32_t i = room_count; i-- > 0;) /* the sockets of a room are named one after another */
        if (!strcmp(rooms[i].name, name)) return &rooms[i];
    if (room_count == MAX_ROOMS) { fprintf(stderr, "too many rooms\n"); exit(2); }
    snprintf(rooms[room_count].name, sizeof rooms->name, "%s", name);
    return &rooms[room_count++];
}

/* `<room or -> <user> <cookie|bearer> <secret> <sender 0|1>` */
void clients_add(char *line)
{
    char room[64], user[64], kind[16], secret[256];
    int sender;
    if (!socks) {
        socks = calloc(MAX_SOCKS, sizeof *socks);
        rooms = calloc(MAX_ROOMS, sizeof *rooms);
        waiting = calloc(MAX_SOCKS, sizeof *waiting);
    }
    if (sscanf(line, "%63s %63s %15s %255s %d", room, user, kind, secret, &sender) != 5 || sock_count == MAX_SOCKS) {
        fprintf(stderr, "no socket: %s\n", line);
        exit(2);
    }
    struct sock *s = &socks[sock_count++];
    s->fd = -1;
    s->room = find_room(room);
    s->place = s->room ? s->room->places++ : 0;
    s->user = strdup(user);
    s->cookie = !strcmp(kind, "cookie");
    s->secret = strdup(secret);
    s->sender = sender;
}

void on_signed_in(struct sock *s)
{
    if (s->joins) { s->state = JOINING; return; }
    s->state = READY;
    opening_count--;
    ready_count++;
}

void on_joined(struct sock *s, uint64_t head)
{
    if (s->state != JOINING) return;
    s->state = READY;
    opening_count--;
    ready_count++;
    s->room->online++;
    if (!s->after) s->last = head;
    if (head > s->room->head) s->room->head = head;
}

void on_closed(struct sock *s)
{
    if (s->state == READY) {
        ready_count--;
        if (s->joins) s->room->online--;
    } else if (s->state != CLOSED) opening_count--;
    counts.closed++;
}

static void complete(struct message *m)
{
    m->by->inflight--;
    outstanding--;
    if (window && m->by->inflight + 1 == window) waiting[waiting_count++] = m->by;
}

void on_ack(struct sock *s, uint64_t number)
{
    if (number >= message_count || messages[number].by != s) return;
    struct message *m = &messages[number];
    if (m->acked) { counts.doubled++; return; }
    m->acked = true;
    counts.acked++;
    if (measuring) histogram_add(&ack_times, now - m->at);
    if (!m->left) complete(m);
}

static void check_order(struct sock *s, const struct message *m, uint64_t number, uint64_t seq)
{
    if (seq) {
        if (s->last && seq != s->last + 1) counts.disordered++;
        if (seq > s->last) s->last = seq;
        if (seq > s->room->head) s->room->head = seq;
        return;
    }
    if (!m) return;
    if (!s->seen) s->seen = calloc(s->room->places, sizeof *s->seen);
    if (number + 1 <= s->seen[m->by->place]) counts.disordered++;
    else s->seen[m->by->place] = number + 1;
}

void on_event(struct sock *s, uint64_t number, uint64_t seq, bool ours)
{
    if (!s->room) return;
    struct message *m = ours && number < message_count && messages[number].by ? &messages[number] : NULL;
    check_order(s, m, number, seq);
    if (!m) { counts.foreign++; return; }
    counts.delivered++;
    if (!m->left) { counts.doubled++; return; }
    m->left--;
    if (measuring) histogram_add(&delivery_times, now - m->at);
    if (!m->left && m->acked) complete(m);
}

void on_error(struct sock *s, const char *p, size_t n)
{
    if (counts.errors++ < 3) fprintf(stderr, "%s heard: %.*s\n", s->user, (int)(n < 400 ? n : 400), p);
}

void clients_send(struct sock *s, uint64_t at)
{
    char out[4096];
    if (message_count == message_cap) {
        message_cap = message_cap ? message_cap * 2 : 65536;
        messages = realloc(messages, message_cap * sizeof *messages);
    }
    messages[message_count] = (struct message){.at = at, .by = s, .left = s->room->online};
    net_text(s, out, codec->message(out, s, message_count));
    counts.sent++;
    counts.expected += s->room->online;
    message_count++;
    s->inflight++;
    outstanding++;
}

void clients_top_up(void)
{
    uint64_t at = clock_ns();
    for (uint32_t i = 0; i < waiting_count; i++)
        while (window && waiting[i]->state == READY && waiting[i]->inflight < window) clients_send(waiting[i], at);
    waiting_count = 0;
}

uint64_t clients_missing(void)
{
    uint64_t missing = 0;
    for (uint64_t i = 0; i < message_count; i++)
        if (messages[i].by) missing += messages[i].left + !messages[i].acked;
    return missing;
}

void clients_forget(void)
{
    for (uint64_t i = 0; i < message_count; i++) messages[i].by = NULL;
    for (uint32_t i = 0; i < sock_count; i++) socks[i].inflight = 0;
    outstanding = waiting_count = 0;
}
