/* Latency histograms (log-linear, 1.6 % wide buckets) and processor time, our own and the server's. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct histogram ack_times, delivery_times;
bool measuring;

void histogram_clear(struct histogram *h) { memset(h, 0, sizeof *h); }

/* 64 buckets an octave, from 1 us on. */
void histogram_add(struct histogram *h, uint64_t ns)
{
    uint64_t us = ns / 1000 + 64;
    int octave = 63 - __builtin_clzll(us) - 6;
    if (octave > 38) octave = 38;
    h->count[octave * 64 + ((us >> octave) & 63)]++;
    h->total++;
}

double histogram_ms(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)(h->total * share), sum = 0;
    for (int i = 0; i < 64 * 40; i++) {
        sum += h->count[i];
        if (sum > wanted) return (((double)((uint64_t)(i % 64 + 64) << (i / 64))) - 64) / 1000;
    }
    return 0;
}

double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int pids[16], pid_count;

/* The processes of the server: their processor time is told with each measurement. */
void watch_pids(char *list)
{
    pid_count = 0;
    for (char *part = strtok(list, " ,"); part && pid_count < 16; part = strtok(NULL, " ,")) pids[pid_count++] = atoi(part);
}

double server_cpu_seconds(void)
{
    double sum = 0;
    for (int i = 0; i < pid_count; i++) {
        char path[64];
        unsigned long user = 0, kernel = 0;
        snprintf(path, sizeof path, "/proc/%d/stat", pids[i]);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
            sum += (double)(user + kernel) / sysconf(_SC_CLK_TCK);
        fclose(file);
    }
    return sum;
}
