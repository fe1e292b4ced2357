#include "clock.h"

#include <sys/stat.h>
#include <time.h>

int64_t millrace_wall_clock_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t millrace_modified_milliseconds(const void *status) {
#ifdef __APPLE__
    struct timespec time = ((const struct stat *)status)->st_mtimespec;
#else
    struct timespec time = ((const struct stat *)status)->st_mtim;
#endif
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
