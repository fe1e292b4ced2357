#define _GNU_SOURCE
#include "limits.h"

#include <time.h>

static double nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double limits_clock_thread(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }
double limits_clock_process(void) { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }
double limits_clock_wall(void) { return nanoseconds(CLOCK_MONOTONIC); }
