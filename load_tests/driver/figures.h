/* Figures: times kept in bins of 0.1 ms, shares of sorted rows, counts by name, and the JSON they are told in. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 200000, BINS_PER_MS = 10 };  /* up to 20 s */

typedef struct {
    uint32_t bins[BINS];
    uint64_t count;
    double longest;            /* ms */
} times;

static void times_add(times *t, double ms) {
    int64_t bin = (int64_t)(ms * BINS_PER_MS);
    t->bins[bin < 0 ? 0 : bin < BINS ? bin : BINS - 1]++;
    t->count++;
    if (ms > t->longest) t->longest = ms;
}

/* The time that a share of `part` does not exceed (the upper edge of its bin). */
static double times_part(const times *t, double part) {
    uint64_t wanted = (uint64_t)(part * (double)t->count), passed = 0;
    for (int bin = 0; bin < BINS; bin++) {
        passed += t->bins[bin];
        if (passed > wanted) return (bin + 1) / (double)BINS_PER_MS < t->longest ? (bin + 1) / (double)BINS_PER_MS : t->longest;
    }
    return t->longest;
}

static void times_tell(const char *name, const times *t) {
    printf("\"%s\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"count\":%llu},\n", name, times_part(t, 0.5), times_part(t, 0.9),
           times_part(t, 0.99), t->longest, (unsigned long long)t->count);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The nearest-rank value below which `part` of the sorted row lies; 0 of an empty row. */
static double row_part(const double *row, int n, double part) {
    int at = (int)(part * n);
    return n ? row[at < n ? at : n - 1] : 0;
}

static double row_mean(const double *row, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += row[i];
    return n ? sum / n : 0;
}

/* Counts under names that the server chose (codes of refusals and goodbyes). */
enum { TALLY_NAMES = 32 };
typedef struct {
    char names[TALLY_NAMES][40];
    uint64_t counts[TALLY_NAMES];
    int used;
} tally;

static void tally_add(tally *t, const uint8_t *name, size_t length) {
    char key[40] = {0};
    for (size_t i = 0; i < length && i < sizeof key - 1; i++)
        key[i] = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_' || name[i] == ' ' ? (char)name[i] : '?';
    int i = 0;
    while (i < t->used && strcmp(t->names[i], key)) i++;
    if (i == TALLY_NAMES) return;
    if (i == t->used) strcpy(t->names[t->used++], key);
    t->counts[i]++;
}

static void tally_tell(const char *name, const tally *t) {
    printf("\"%s\":{", name);
    for (int i = 0; i < t->used; i++) printf("%s\"%s\":%llu", i ? "," : "", t->names[i], (unsigned long long)t->counts[i]);
    printf("},\n");
}

#endif
