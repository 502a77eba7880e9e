// For scripts/bench, scripts/duel and the yardsticks: makes each sync SYNC_MS milliseconds slower, and adds one to the
// 64-bit number in the file SYNC_COUNT. Preloaded before the C library. A process that is forked counts in the same file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *count;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SYNC_COUNT");
  int fd = path ? open(path, O_RDWR) : -1;
  if (fd < 0) return;
  void *shared = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared != MAP_FAILED) count = shared;
  close(fd);
}

static int slow(const char *name, int fd) {
  const char *asked = getenv("SYNC_MS");
  long ms = asked ? atol(asked) : 0;
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
  int result = ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
  if (count && result == 0) atomic_fetch_add(count, 1);
  return result;
}

int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
