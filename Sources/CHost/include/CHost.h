#ifndef EMU_HOST_H
#define EMU_HOST_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/// memfd_create(2) with MFD_CLOEXEC; Swift's Glibc module hides it behind a GNU feature macro.
static inline int emu_memfd_create(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 1u);
}

/// renameat2(2) with RENAME_NOREPLACE, for which Swift's Glibc module has neither; -1 and errno fail.
static inline int emu_rename_to_new(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u);
}

/// Opens a new pseudo-terminal for its master side and writes the path of the other into `name`; -1 and errno fail.
int emu_open_pseudo_terminal(char *name, size_t size);

#endif
