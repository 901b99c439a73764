/*
 * A disk that fails, for `npm run crash -- --fsync`: loaded before libc, it lets fsync and fdatasync fail with EIO as long as the
 * file that REEVE_DISK_FAILS names is there, one time in as many as its first byte says ('1' to '9').
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_uint calls;

static int fails(void) {
  const char *path = getenv("REEVE_DISK_FAILS");
  if (path == NULL) return 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char every = '1';
  ssize_t got = read(file, &every, 1);
  close(file);
  if (got != 1 || every < '1' || every > '9') every = '1';
  return atomic_fetch_add(&calls, 1) % (unsigned)(every - '0') == 0;
}

static int synced(const char *name, int file) {
  if (fails()) {
    errno = EIO;
    return -1;
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(file);
}

int fsync(int file) { return synced("fsync", file); }
int fdatasync(int file) { return synced("fdatasync", file); }
