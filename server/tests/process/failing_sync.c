// A disk whose sync fails while the file named by SYNC_FAILS exists. Preloaded before the C library.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int failing(const char *name, int fd) {
  const char *file = getenv("SYNC_FAILS");
  if (file && access(file, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return failing("fsync", fd); }
int fdatasync(int fd) { return failing("fdatasync", fd); }
