#ifndef EMU_NATIVE_INTERNAL_H
#define EMU_NATIVE_INTERNAL_H

#include "CNativeOracle.h"

#ifdef EMU_NATIVE_ORACLE
#include <sys/syscall.h>

#define HIDDEN __attribute__((visibility("hidden")))
#define CODE_PAGE 0x10000000ull
#define DATA_PAGE 0x20000000ull
#define PAGE 4096ull

#if defined(__clang__)
#define HANDLER __attribute__((no_stack_protector, no_builtin("memset", "memcpy")))
#else
#define HANDLER __attribute__((optimize("no-stack-protector")))
#endif

enum { EMU_NATIVE_UNWANTED = 1024 };

// The child's own state, set once; the parent never writes it.
struct emu_native_self {
  struct emu_native_region *region;
  uint8_t *code_alias;
  uint64_t own_fs_base, own_gs_base;
  int command_descriptor, done_descriptor;
  int parent;
  // Where YMM's upper halves stand in an XSAVE image, 0 if the host has none.
  uint32_t ymm_offset;
  uint32_t mxcsr_mask;
  // The host's mappings that the child does without, so that no test meets them.
  struct { uint64_t start, end; } unwanted[EMU_NATIVE_UNWANTED];
  uint32_t unwanted_count;
  uint64_t background[3 * PAGE / 8];
};
extern HIDDEN struct emu_native_self emu_native_self;
#define self emu_native_self

// Finds what the child does without; the first signal, on its own stack, gives it back.
HIDDEN void emu_native_find_unwanted(void);

// Sets the child up and runs tests; never returns. The descriptors are its ends of the pipes.
HIDDEN __attribute__((noreturn)) void emu_native_child(
    struct emu_native_region *region, int parent, int command_descriptor, int done_descriptor);

// The only two places from which the child may enter the kernel once it is set up.
extern HIDDEN const char emu_native_syscall_end[];
extern HIDDEN const char emu_native_restorer_end[];
extern HIDDEN void emu_native_restorer(void);
extern HIDDEN void emu_native_entry(void);
extern HIDDEN long emu_native_syscall(long number, long a, long b, long c);

HANDLER static inline void copy_words(void *to, const void *from, size_t count) {
  __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

HANDLER static inline void fill_words(void *to, uint64_t value, size_t count) {
  __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(value) : "memory");
}

HANDLER static inline uint64_t mix(uint64_t offset) {
  uint64_t z = offset + 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}
#endif
#endif
