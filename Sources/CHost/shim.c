#define _GNU_SOURCE
#include "CHost.h"

#include <fcntl.h>
#include <stdlib.h>

int emu_open_pseudo_terminal(char *name, size_t size) {
  int descriptor = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  if (grantpt(descriptor) != 0 || unlockpt(descriptor) != 0 || ptsname_r(descriptor, name, size) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}
