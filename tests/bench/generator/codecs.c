/* The four protocols. A frame is looked at where it has to be, not parsed: the generator must stay cheap. */
#define _GNU_SOURCE
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starts(const char *p, size_t n, const char *with)
{
    size_t length = strlen(with);
    return n >= length && !memcmp(p, with, length);
}

static const char *after(const char *p, size_t n, const char *key)
{
    const char *found = memmem(p, n, key, strlen(key));
    return found ? found + strlen(key) : NULL;
}

static uint64_t number_after(const char *p, size_t n, const char *key)
{
    const char *found = after(p, n, key);
    uint64_t value = 0;
    for (; found && found < p + n && *found >= '0' && *found <= '9'; found++) value = value * 10 + (*found - '0');
    return value;
}

/* The message's number stands in the last twelve digits of its client id; the first part tells whether it is ours. */
static bool message_number(const char *p, size_t n, const char *key, uint64_t *number)
{
    const char *id = after(p, n, key);
    if (!id || id + 36 > p + n || memcmp(id, nonce, 23)) return false;
    *number = 0;
    for (int i = 24; i < 36; i++) *number = *number * 16 + (id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
    return true;
}

static void event(struct sock *s, const char *p, size_t n, const char *key)
{
    uint64_t number = 0, seq = codec->has_seq ? number_after(p, n, "\"seq\":") : 0;
    bool ours = message_number(p, n, key, &number);
    on_event(s, number, seq, ours);
}

static size_t send_fields(char *out, const char *before, const struct sock *s, uint64_t number)
{
    return (size_t)sprintf(out, "%s\"room\":\"%s\",\"client_id\":\"%s-%012" PRIx64 "\",\"text\":\"%s\"}", before,
                           s->room->name, nonce, number, body);
}

/* --- chat.v1, ours; the ws peer speaks the same words --- */

static void chat_path(char *out, size_t size, const struct sock *s)
{
    (void)s;
    snprintf(out, size, "/ws/");
}

static void chat_opened(struct sock *s) { (void)s; }

static void chat_join(struct sock *s)
{
    char out[256];
    int n = s->after ? snprintf(out, sizeof out,
                                "{\"type\":\"subscribe\",\"id\":0,\"rooms\":[{\"room\":\"%s\",\"after\":%" PRIu64 "}]}",
                                s->room->name, s->after)
                     : snprintf(out, sizeof out, "{\"type\":\"subscribe\",\"id\":0,\"rooms\":[{\"room\":\"%s\"}]}",
                                s->room->name);
    net_text(s, out, (size_t)n);
}

static void chat_frame(struct sock *s, const char *p, size_t n)
{
    if (starts(p, n, "{\"type\":\"event\"")) event(s, p, n, "\"client_id\":\"");
    else if (starts(p, n, "{\"type\":\"ok\"")) on_ack(s, number_after(p, n, "\"id\":"));
    else if (starts(p, n, "{\"type\":\"heartbeat\"")) {
        char out[64];
        int length = snprintf(out, sizeof out, "{\"type\":\"pong\",\"n\":%" PRIu64 "}", number_after(p, n, "\"n\":"));
        net_text(s, out, (size_t)length);
    } else if (starts(p, n, "{\"type\":\"welcome\"")) {
        if (s->joins) chat_join(s);
        on_signed_in(s);
    } else if (starts(p, n, "{\"type\":\"subscribed\"")) {
        if (after(p, n, "\"error\":") || after(p, n, "\"recovered\":false")) on_error(s, p, n);
        else on_joined(s, number_after(p, n, "\"head\":"));
    } else if (starts(p, n, "{\"type\":\"error\"") || starts(p, n, "{\"type\":\"goodbye\"")) on_error(s, p, n);
}

static size_t chat_message(char *out, const struct sock *s, uint64_t number)
{
    char before[64];
    sprintf(before, "{\"type\":\"message.send\",\"id\":%" PRIu64 ",", number);
    return send_fields(out, before, s, number);
}

/* --- Socket.IO 4 over its WebSocket transport: Engine.IO 4 packets, one a frame --- */

static void socketio_path(char *out, size_t size, const struct sock *s)
{
    (void)s;
    snprintf(out, size, "/socket.io/?EIO=4&transport=websocket");
}

static void socketio_frame(struct sock *s, const char *p, size_t n)
{
    char out[512];
    if (starts(p, n, "42[\"event\"")) event(s, p, n, "\"client_id\":\"");
    else if (starts(p, n, "43")) {
        uint64_t number = number_after(p, n, "43");
        if (!after(p, n, "\"ok\":true")) on_error(s, p, n);
        else if (s->state == JOINING) on_joined(s, number_after(p, n, "\"head\":"));
        else on_ack(s, number);
    } else if (starts(p, n, "2")) net_text(s, "3", 1);
    else if (starts(p, n, "0")) net_text(s, out, (size_t)snprintf(out, sizeof out, "40{\"token\":\"%s\"}", s->secret));
    else if (starts(p, n, "40")) {
        if (s->joins)
            net_text(s, out, (size_t)snprintf(out, sizeof out, "420[\"join\",{\"room\":\"%s\"}]", s->room->name));
        on_signed_in(s);
    } else if (starts(p, n, "44") || starts(p, n, "41")) on_error(s, p, n);
}

static size_t socketio_message(char *out, const struct sock *s, uint64_t number)
{
    char before[64];
    sprintf(before, "42%" PRIu64 "[\"message.send\",{", number);
    size_t n = send_fields(out, before, s, number);
    out[n++] = ']';
    return n;
}

/* --- The Channels tutorial: a socket is in the one room of its path; acknowledged by the message's number --- */

static void tutorial_path(char *out, size_t size, const struct sock *s)
{
    snprintf(out, size, "/ws/chat/%s/", s->room ? s->room->name : "lobby");
}

static void tutorial_opened(struct sock *s)
{
    on_signed_in(s);
    if (s->joins) on_joined(s, 0);
}

static void tutorial_frame(struct sock *s, const char *p, size_t n)
{
    if (starts(p, n, "{\"ok\"")) on_ack(s, number_after(p, n, "{\"ok\": "));
    else event(s, p, n, "\"client_id\": \"");
}

static size_t tutorial_message(char *out, const struct sock *s, uint64_t number)
{
    (void)s;
    return (size_t)sprintf(out, "{\"id\":%" PRIu64 ",\"client_id\":\"%s-%012" PRIx64 "\",\"message\":\"%s\"}", number,
                           nonce, number, body);
}

static const struct codec codecs[] = {
    {"parley", chat_path, chat_opened, chat_frame, chat_message, true},
    {"ws", chat_path, chat_opened, chat_frame, chat_message, true},
    {"socketio", socketio_path, chat_opened, socketio_frame, socketio_message, true},
    {"tutorial", tutorial_path, tutorial_opened, tutorial_frame, tutorial_message, false},
};

const struct codec *find_codec(const char *name)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (!strcmp(codecs[i].name, name)) return &codecs[i];
    return NULL;
}
