/* Lets the n-th write or fsync on the ledger's files fail, and no other: for LD_PRELOAD.
 *
 * ANPR_FAIL_AT   which call fails, from 1; 0 none
 * ANPR_FAIL_AS   its errno
 * ANPR_FAIL_ON   what the file's path contains
 * ANPR_FAIL_LOG  file that each counted call adds a byte to
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd) {
    static int at = -1, as, count;
    static const char *on;
    char link[64], path[4096];
    if (at < 0) {
        at = atoi(getenv("ANPR_FAIL_AT"));
        as = atoi(getenv("ANPR_FAIL_AS"));
        on = getenv("ANPR_FAIL_ON");
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!strstr(path, on)) return 0;
    count++;
    int log = open(getenv("ANPR_FAIL_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log >= 0) {
        ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
        if (real(log, ".", 1) != 1) abort();
        close(log);
    }
    if (at == 0 || count < at) return 0;
    errno = as;
    return 1;
}

#define FAILING(name, result, parameters, arguments)                   \
    result name parameters {                                           \
        if (fails(fd)) return -1;                                      \
        result(*real) parameters = dlsym(RTLD_NEXT, #name);            \
        return real arguments;                                         \
    }

FAILING(write, ssize_t, (int fd, const void *data, size_t size), (fd, data, size))
FAILING(pwrite, ssize_t, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FAILING(pwrite64, ssize_t, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
FAILING(fsync, int, (int fd), (fd))
FAILING(fdatasync, int, (int fd), (fd))
FAILING(ftruncate, int, (int fd, off_t size), (fd, size))
FAILING(ftruncate64, int, (int fd, off64_t size), (fd, size))
