// Which mappings of the parent the child needs: its own image, what it shares with the parent, and the test's pages. A test
// that reached another would see the host and not a page fault.
#define _GNU_SOURCE
#include "internal.h"

#ifdef EMU_NATIVE_ORACLE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// Where glibc keeps the thread's restartable sequence; other libraries have none.
extern const ptrdiff_t __rseq_offset __attribute__((weak));
#define RSEQ_UNREGISTER 1
#define RSEQ_SIGNATURE 0x53053053
#define RSEQ_BYTES 32

static char text[1 << 18];

struct mapping {
  uint64_t start, end;
  // Device and inode as the file has them; an inode of 0 is no file.
  const char *file;
  size_t file_length;
};

static uint64_t hex(const char **at) {
  uint64_t value = 0;
  for (;; ++*at) {
    char c = **at;
    if (c >= '0' && c <= '9') value = value << 4 | (uint64_t)(c - '0');
    else if (c >= 'a' && c <= 'f') value = value << 4 | (uint64_t)(c - 'a' + 10);
    else return value;
  }
}

static const char *skip_field(const char *at) {
  while (*at != ' ' && *at != '\n' && *at != 0) ++at;
  while (*at == ' ') ++at;
  return at;
}

// "start-end rights offset device inode path"; the next line, or null at the end.
static const char *read_line(const char *at, struct mapping *m) {
  if (*at == 0) return 0;
  m->start = hex(&at);
  if (*at++ != '-') return 0;
  m->end = hex(&at);
  while (*at == ' ') ++at;
  m->file = skip_field(skip_field(at));
  const char *end = m->file;
  while (*end != ' ' && *end != '\n' && *end != 0) ++end;
  if (*end == ' ') ++end;
  while (*end != ' ' && *end != '\n' && *end != 0) ++end;
  m->file_length = (size_t)(end - m->file);
  while (*end != '\n' && *end != 0) ++end;
  return *end ? end + 1 : end;
}

static int is_file(const struct mapping *m) { return m->file_length > 2 && memcmp(m->file + m->file_length - 2, " 0", 2) != 0; }

static int has(const struct mapping *m, uint64_t address, uint64_t byte_count) {
  return address < m->end && address + byte_count > m->start;
}

// The kernel writes to the sequence at every return of a thread that has one.
static uint64_t kept_thread_block(void) {
  if (&__rseq_offset != 0 &&
      syscall(SYS_rseq, self.own_fs_base + (uint64_t)__rseq_offset, RSEQ_BYTES, RSEQ_UNREGISTER, RSEQ_SIGNATURE) == 0)
    return 0;
  return self.own_fs_base;
}

void emu_native_find_unwanted(void) {
  self.unwanted_count = 0;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  size_t size = 0;
  for (ssize_t count = 1; file >= 0 && count > 0 && size < sizeof text - 1; size += count > 0 ? (size_t)count : 0)
    count = read(file, text + size, sizeof text - 1 - size);
  if (file >= 0) close(file);
  text[size] = 0;
  uint64_t thread_block = kept_thread_block();
  struct mapping image = {0, 0, 0, 0}, m;
  for (const char *at = text; at && (at = read_line(at, &m));)
    if (has(&m, (uint64_t)(uintptr_t)emu_native_entry, 1)) image = m;
  if (image.file == 0) return;
  uint64_t image_end = 0;
  for (const char *at = text; at && (at = read_line(at, &m));) {
    int is_image = is_file(&m) && m.file_length == image.file_length && memcmp(m.file, image.file, m.file_length) == 0;
    // The variables without an initial value follow their file.
    if (is_image || (!is_file(&m) && m.start == image_end)) {
      image_end = m.end;
      continue;
    }
    if (has(&m, (uint64_t)(uintptr_t)self.region, self.region->byte_count) || has(&m, (uint64_t)(uintptr_t)self.code_alias, PAGE))
      continue;
    if (has(&m, CODE_PAGE, PAGE) || has(&m, DATA_PAGE, 3 * PAGE) || (thread_block && has(&m, thread_block, 1))) continue;
    // The kernel's half cannot be given back.
    if (m.start >> 47 || self.unwanted_count == EMU_NATIVE_UNWANTED) continue;
    self.unwanted[self.unwanted_count].start = m.start;
    self.unwanted[self.unwanted_count++].end = m.end;
  }
}
#endif
