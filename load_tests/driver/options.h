/* What the driver is asked to do: one table of options, read from the command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int port, citizens, probes, ramp, slow_bytes, addresses;
    const char *district, *tokens;
    double x0, z0, x1, z1;             /* where they walk, metres */
    double pose_hz, speed, sway, still;
    double settle, seconds, patience, moment;
    double slow, never_read, flood, flood_hz, silent;
    double speaker_x, speaker_z;
    bool has_speaker;
    uint64_t seed;
} options;

static options asked = {
    .district = "plaza", .citizens = 100, .probes = 48, .ramp = 500, .slow_bytes = 2000,
    .x1 = 200, .z1 = 200, .pose_hz = 10, .speed = 1.4, .settle = 3, .seconds = 10, .patience = 90, .moment = 0.3,
    .flood_hz = 1000, .seed = 7,
};

typedef struct {
    const char *name, *meaning;
    int *whole;
    double *real;
    const char **text;
} option;

static const option OPTIONS[] = {
    {"--port", "the server's port on 127.0.0.1", &asked.port, NULL, NULL},
    {"--citizens", "how many, of all kinds", &asked.citizens, NULL, NULL},
    {"--district", "where they enter", NULL, NULL, &asked.district},
    {"--tokens", "a file with a token per line for the first citizens; the others are visitors", NULL, NULL, &asked.tokens},
    {"--pose-hz", "poses a second of each", NULL, &asked.pose_hz, NULL},
    {"--speed", "metres a second", NULL, &asked.speed, NULL},
    {"--sway", "metres around their place within which they move; 0: they wander over the whole area", NULL, &asked.sway, NULL},
    {"--still", "the share that stands still", NULL, &asked.still, NULL},
    {"--ramp", "connections a second", &asked.ramp, NULL, NULL},
    {"--patience", "seconds until all must have entered; then it is measured without the others", NULL, &asked.patience, NULL},
    {"--settle", "seconds between the last entry and the measuring", NULL, &asked.settle, NULL},
    {"--seconds", "seconds measured", NULL, &asked.seconds, NULL},
    {"--probes", "citizens who read every entry they are shown", &asked.probes, NULL, NULL},
    {"--moment", "seconds that two have been near before move-to-seen counts", NULL, &asked.moment, NULL},
    {"--slow", "the share that reads slowly", NULL, &asked.slow, NULL},
    {"--slow-bytes", "bytes a second that these read", &asked.slow_bytes, NULL, NULL},
    {"--never-read", "the share that reads nothing once it has entered", NULL, &asked.never_read, NULL},
    {"--flood", "the share that sends too many poses", NULL, &asked.flood, NULL},
    {"--flood-hz", "poses a second of these", NULL, &asked.flood_hz, NULL},
    {"--addresses", "from how many of 127.1.0.1 and up they come, in turns; 0: all from 127.0.0.1", &asked.addresses, NULL, NULL},
    {"--silent", "the share that connects and says nothing", NULL, &asked.silent, NULL},
};

static void wrong_use(const char *why) {
    fprintf(stderr, "driver: %s\n", why);
    fprintf(stderr, "  --area x0,z0,x1,z1    where they walk, metres\n");
    fprintf(stderr, "  --speaker x,z         the first citizen speaks here, on 2 x 2 m, and how often it is seen is told\n");
    fprintf(stderr, "  --seed n              the seed of all chance\n");
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) fprintf(stderr, "  %-21s %s\n", OPTIONS[i].name, OPTIONS[i].meaning);
    exit(2);
}

static bool read_option(const char *name, const char *value) {
    if (!strcmp(name, "--area")) return sscanf(value, "%lf,%lf,%lf,%lf", &asked.x0, &asked.z0, &asked.x1, &asked.z1) == 4;
    if (!strcmp(name, "--speaker")) return asked.has_speaker = sscanf(value, "%lf,%lf", &asked.speaker_x, &asked.speaker_z) == 2;
    char *end = "";
    if (!strcmp(name, "--seed")) {
        asked.seed = strtoull(value, &end, 10);
        return !*end;
    }
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        const option *o = &OPTIONS[i];
        if (strcmp(name, o->name)) continue;
        if (o->text) *o->text = value;
        if (o->real) *o->real = strtod(value, &end);
        if (o->whole) *o->whole = (int)strtol(value, &end, 10);
        return !*end;
    }
    return false;
}

static void read_options(int count, char **words) {
    for (int i = 1; i < count; i += 2)
        if (i + 1 == count || !read_option(words[i], words[i + 1])) wrong_use(words[i]);
    if (asked.port <= 0 || asked.port > 65535) wrong_use("--port is needed");
    if (asked.citizens < 1 || asked.citizens > 20000) wrong_use("--citizens: 1 to 20000");
    if (asked.addresses < 0 || asked.addresses > 65000) wrong_use("--addresses: 0 to 65000");
    if (asked.probes < 0 || asked.probes > 512) wrong_use("--probes: 0 to 512");
    if (asked.pose_hz <= 0 || asked.flood_hz < 100 || asked.ramp < 1) wrong_use("--pose-hz, --flood-hz (from 100), --ramp: above zero");
    if (asked.x1 <= asked.x0 || asked.z1 <= asked.z0) wrong_use("--area is empty");
}

#endif
