#ifndef EMU_HOST_MEMORY_H
#define EMU_HOST_MEMORY_H

#include <sys/syscall.h>
#include <unistd.h>

/// memfd_create(2) with MFD_CLOEXEC; Swift's Glibc module hides it behind a GNU feature macro.
static inline int emu_memfd_create(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 1u);
}

#endif
