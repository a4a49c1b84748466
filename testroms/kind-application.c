// What kind-application.s runs: what programs do with text and tables. Nothing depends on addresses, the host or time.
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

#define OWN static __attribute__((noinline))

static uint64_t state = 0x9E3779B97F4A7C15;
static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16);
}

// The compiler calls these by name.
void *memcpy(void *to, const void *from, size_t count) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return to;
}
void *memset(void *to, int value, size_t count) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return start;
}

// Text: lines of words, of which some are frequent.
enum { TEXT = 8192 };
static char text[TEXT];
OWN void write_text(void) {
  unsigned at = 0;
  while (at < TEXT - 24) {
    uint32_t choice = next(), word = choice & 3 ? choice >> 4 & 31 : choice >> 4 & 1023;
    for (unsigned i = 0; i < 3 + word % 7; i++) text[at++] = (char)('a' + (word * 7 + i * (word + 3)) % 26);
    text[at++] = choice >> 20 & 7 ? ' ' : '\n';
  }
  while (at < TEXT) text[at++] = '\n';
}

// Lengths of lines, by 16 bytes at once as the C library looks for a byte.
OWN uint64_t measure_lines(void) {
  uint64_t sum = 0;
  unsigned start = 0;
  for (unsigned at = 0; at < TEXT; at += 16) {
    __m128i ends = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(text + at)), _mm_set1_epi8('\n'));
    for (unsigned found = (unsigned)_mm_movemask_epi8(ends); found; found &= found - 1) {
      unsigned end = at + (unsigned)__builtin_ctz(found);
      sum = sum * 5 + end - start;
      start = end + 1;
    }
  }
  return sum;
}

// Hash table of words, and their order by a comparison function.
struct Word { const char *start; unsigned length, count; };
static struct Word words[2048];
static struct Word *order[2048];
static int compare_words(const void *left, const void *right) {
  const struct Word *a = left, *b = right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  for (unsigned i = 0; i < a->length && i < b->length; i++)
    if (a->start[i] != b->start[i]) return a->start[i] - b->start[i];
  return (int)a->length - (int)b->length;
}
OWN struct Word *find(const char *start, unsigned length) {
  uint32_t hash = 2166136261;
  for (unsigned i = 0; i < length; i++) hash = (hash ^ (uint8_t)start[i]) * 16777619;
  for (;; hash++) {
    struct Word *word = &words[hash & 2047];
    if (!word->count) return word->start = start, word->length = length, word;
    unsigned i = 0;
    if (word->length == length) while (i < length && word->start[i] == start[i]) i++;
    if (i == length) return word;
  }
}
OWN void sort(struct Word **array, int low, int high, int (*compare)(const void *, const void *)) {
  while (low < high) {
    struct Word *pivot = array[(low + high) / 2], *swap;
    int i = low, j = high;
    while (i <= j) {
      while (compare(array[i], pivot) < 0) i++;
      while (compare(array[j], pivot) > 0) j--;
      if (i <= j) swap = array[i], array[i++] = array[j], array[j--] = swap;
    }
    if (j - low < high - i) sort(array, low, j, compare), low = i;
    else sort(array, i, high, compare), high = j;
  }
}
OWN uint64_t count_words(void) {
  for (unsigned i = 0; i < 2048; i++) words[i].count = 0;
  unsigned start = 0;
  for (unsigned at = 0; at < TEXT; at++) {
    if (text[at] > ' ') continue;
    if (at > start) find(text + start, at - start)->count++;
    start = at + 1;
  }
  int count = 0;
  for (unsigned i = 0; i < 2048; i++) if (words[i].count) order[count++] = &words[i];
  sort(order, 0, count - 1, compare_words);
  uint64_t sum = (uint64_t)count;
  for (int i = 0; i < count; i++) sum = sum * 31 + order[i]->count * 256 + (uint8_t)order[i]->start[0];
  return sum;
}

// SHA-256 and CRC-32.
static uint32_t turned(uint32_t word, int count) { return word >> count | word << (32 - count); }
static uint32_t constants[64], digest[8];
OWN void prepare(void) {
  // The first 32 bits of the fractional parts of cube roots of primes, by integers.
  unsigned found = 0;
  for (unsigned n = 2; found < 64; n++) {
    unsigned divisor = 2;
    while (divisor * divisor <= n && n % divisor) divisor++;
    if (divisor * divisor <= n) continue;
    uint64_t low = 0, high = (uint64_t)8 << 32;
    while (high - low > 1) {
      uint64_t middle = (low + high) / 2;
      unsigned __int128 square = (unsigned __int128)middle * middle;
      unsigned __int128 cube = (square >> 32) * middle;
      if (cube >> 64 < n) low = middle; else high = middle;
    }
    constants[found++] = (uint32_t)low;
  }
}
OWN void compress(const uint8_t *block) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[i * 4] << 24 | block[i * 4 + 1] << 16 | block[i * 4 + 2] << 8 | block[i * 4 + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
  }
  for (int i = 0; i < 8; i++) s[i] = digest[i];
  for (int i = 0; i < 64; i++) {
    uint32_t one = s[7] + (turned(s[4], 6) ^ turned(s[4], 11) ^ turned(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]));
    one += constants[i] + w[i];
    uint32_t two = (turned(s[0], 2) ^ turned(s[0], 13) ^ turned(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    for (int j = 7; j > 0; j--) s[j] = s[j - 1];
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) digest[i] += s[i];
}
static uint32_t remainders[256];
OWN uint32_t cyclic(const char *bytes, unsigned count) {
  if (!remainders[1])
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xEDB88320 : value >> 1;
      remainders[i] = value;
    }
  uint32_t crc = ~0u;
  for (unsigned i = 0; i < count; i++) crc = remainders[(crc ^ (uint8_t)bytes[i]) & 255] ^ crc >> 8;
  return ~crc;
}

// Expressions as text, and their values by recursive descent.
static char source[4096];
static unsigned written;
OWN void write_expression(unsigned depth) {
  uint32_t choice = next();
  if (depth == 0 || written > 3900 || (depth < 5 && choice % 7 == 0)) {
    char digits[8];
    unsigned count = 0, number = choice >> 8 & 0xFFF;
    do digits[count++] = (char)('0' + number % 10); while (number /= 10);
    while (count) source[written++] = digits[--count];
    return;
  }
  source[written++] = '(';
  write_expression(depth - 1);
  source[written++] = ' ';
  source[written++] = "+-*/%&"[choice % 6];
  source[written++] = ' ';
  write_expression(depth - 1);
  source[written++] = ')';
}
static const char *reading;
OWN int64_t value_of(void) {
  int64_t value = 0;
  if (*reading != '(') {
    while (*reading >= '0' && *reading <= '9') value = value * 10 + *reading++ - '0';
    return value;
  }
  reading++;
  value = value_of();
  char operation = reading[1];
  reading += 3;
  int64_t other = value_of();
  reading++;
  switch (operation) {
  case '+': return value + other;
  case '-': return value - other;
  case '*': return (int64_t)((uint64_t)value * (uint64_t)other & 0xFFFFFFFF);
  case '/': return other > 0 ? value / other : value;
  case '%': return other > 0 ? value % other : other;
  default: return value & other;
  }
}

// Compression by repeated strings, and back.
static uint8_t packed[TEXT * 2], unpacked[TEXT];
static uint16_t heads[4096];
OWN unsigned pack(void) {
  unsigned size = 0, at = 0;
  for (unsigned i = 0; i < 4096; i++) heads[i] = 0;
  while (at < TEXT) {
    unsigned length = 0, start = 0;
    if (at + 4 < TEXT) {
      uint32_t key = ((uint8_t)text[at] | (uint8_t)text[at + 1] << 8 | (uint8_t)text[at + 2] << 16) * 2654435761u >> 20;
      start = heads[key];
      heads[key] = (uint16_t)(at + 1);
      if (start--) while (length < 255 && at + length < TEXT && text[start + length] == text[at + length]) length++;
    }
    if (length < 4) {
      packed[size++] = 0;
      packed[size++] = (uint8_t)text[at++];
    } else {
      packed[size++] = (uint8_t)length;
      packed[size++] = (uint8_t)start;
      packed[size++] = (uint8_t)(start >> 8);
      at += length;
    }
  }
  return size;
}
OWN unsigned unpack(unsigned size) {
  unsigned at = 0, count = 0;
  while (at < size) {
    unsigned length = packed[at++];
    if (!length) {
      unpacked[count++] = packed[at++];
      continue;
    }
    const uint8_t *from = unpacked + (packed[at] | packed[at + 1] << 8);
    at += 2;
    while (length--) unpacked[count++] = *from++;
  }
  return count;
}

// Shortest ways over a grid with a heap.
enum { GRID = 24 };
static uint32_t costs[GRID * GRID], distances[GRID * GRID], heap[GRID * GRID * 4];
OWN uint64_t shortest(void) {
  unsigned count = 1;
  for (unsigned i = 0; i < GRID * GRID; i++) costs[i] = 1 + next() % 9, distances[i] = ~0u;
  heap[0] = distances[0] = 0;
  while (count) {
    uint32_t best = heap[0], last = heap[--count];
    for (unsigned at = 0;;) {
      unsigned child = at * 2 + 1;
      if (child + 1 < count && heap[child + 1] < heap[child]) child++;
      if (child >= count || heap[child] >= last) {
        heap[at] = last;
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    unsigned cell = best & 1023, x = cell % GRID, y = cell / GRID;
    if (best >> 10 != distances[cell]) continue;
    for (int side = 0; side < 4; side++) {
      unsigned nx = x + (side == 0) - (side == 1), ny = y + (side == 2) - (side == 3);
      if (nx >= GRID || ny >= GRID) continue;
      uint32_t total = (best >> 10) + costs[ny * GRID + nx];
      if (total >= distances[ny * GRID + nx]) continue;
      distances[ny * GRID + nx] = total;
      uint32_t item = total << 10 | (ny * GRID + nx);
      unsigned at = count++;
      for (; at && heap[(at - 1) / 2] > item; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
      heap[at] = item;
    }
  }
  uint64_t sum = 0;
  for (unsigned i = 0; i < GRID * GRID; i++) sum = sum * 3 + distances[i];
  return sum;
}

// A factorial of many digits, printed.
OWN uint64_t factorial(unsigned n) {
  static uint32_t limbs[64];
  unsigned count = 1;
  limbs[0] = 1;
  for (unsigned i = 2; i <= n; i++) {
    uint64_t carry = 0;
    for (unsigned j = 0; j < count; j++) {
      carry += (uint64_t)limbs[j] * i;
      limbs[j] = (uint32_t)carry;
      carry >>= 32;
    }
    if (carry) limbs[count++] = (uint32_t)carry;
  }
  uint64_t sum = 0;
  while (count) {
    uint64_t rest = 0;
    for (unsigned j = count; j--;) {
      rest = rest << 32 | limbs[j];
      limbs[j] = (uint32_t)(rest / 1000000000);
      rest %= 1000000000;
    }
    sum = sum * 7 + rest;
    if (!limbs[count - 1]) count--;
  }
  return sum;
}

uint64_t work(uint64_t sum) {
  static const uint32_t initial[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  if (!constants[0]) prepare();
  write_text();
  sum = sum * 31 + measure_lines();
  sum = sum * 31 + count_words();
  for (int i = 0; i < 8; i++) digest[i] = initial[i];
  for (unsigned at = 0; at < TEXT / 2; at += 64) compress((const uint8_t *)text + at);
  sum = sum * 31 + ((uint64_t)digest[0] << 32 | digest[7]);
  sum = sum * 31 + cyclic(text, TEXT);
  written = 0;
  write_expression(10);
  source[written] = 0;
  for (int i = 0; i < 3; i++) {
    reading = source;
    sum = sum * 31 + (uint64_t)value_of();
  }
  unsigned size = pack();
  sum = sum * 31 + size;
  if (unpack(size) != TEXT || cyclic((const char *)unpacked, TEXT) != cyclic(text, TEXT)) return 0xBAD;
  sum = sum * 31 + shortest();
  return sum * 31 + factorial(150);
}
