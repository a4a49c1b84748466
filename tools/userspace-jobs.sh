#!/bin/bash
# The jobs of tools/bench.py in Debian's user space, as /init of the guest. Each prints "job NAME begins" and
# "job NAME ends CHECKSUM", the checksum of its output.
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t devtmpfs none /dev
exec </dev/console >/dev/console 2>&1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
cd /tmp || exit 1

job() {
  echo "job $1 begins"
  echo "job $1 ends $("$1_job" 2>&1 | sha256sum | cut -c1-16)"
}

python3_job() {
  python3 - <<'PYTHON'
import json, random, re

random.seed(7)
words = [str(random.randrange(10**6)) for _ in range(20000)]
table = {}
for word in words:
    table[word] = table.get(word, 0) + len(word)
text = json.dumps(sorted(table.items()))
sieve = bytearray([1]) * 300000
for n in range(2, 548):
    if sieve[n]:
        sieve[n * n :: n] = bytes(len(range(n * n, 300000, n)))
total = 0
for i in range(300000):
    total = (total * 31 + sieve[i] * i) & 0xFFFFFFFF
print(total, len(json.loads(text)), len(re.findall(r"(\d)\1", text)), 7**3000 % 10**60)
PYTHON
}

openssl_job() {
  for digest in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst -$digest numbers; done
  local key
  key=$(printf %064d 123456789)
  for cipher in aes-256-cbc camellia-256-cbc chacha20; do
    openssl enc -$cipher -K "$key" -iv "${key:0:32}" -in numbers | sha256sum
  done
  openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:emu -kdfopt salt:processor -kdfopt iter:20000 PBKDF2
  openssl prime 170141183460469231731687303715884105727
}

xz_job() {
  head -c 1200000 /usr/bin/python3 | xz -6 >program.xz
  cksum program.xz
  xz -dc program.xz | cksum
}

gcc_job() {
  gcc -O2 -o program program.c
  ./program
  gcc -O2 -S -o - program.c
}

cat >program.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *left, *right; unsigned key, count; };
static unsigned state = 1;
static unsigned next(void) { state ^= state << 13; state ^= state >> 17; return state ^= state << 5; }
static struct node *insert(struct node *tree, unsigned key) {
  if (!tree) {
    tree = calloc(1, sizeof *tree);
    tree->key = key;
  }
  if (key == tree->key) tree->count++;
  else if (key < tree->key) tree->left = insert(tree->left, key);
  else tree->right = insert(tree->right, key);
  return tree;
}
static unsigned long sum(const struct node *tree, unsigned depth) {
  return tree ? tree->count * depth + sum(tree->left, depth + 1) + sum(tree->right, depth + 1) : 0;
}
static int compare(const void *a, const void *b) { return memcmp(a, b, 8); }
int main(void) {
  static double values[20000];
  struct node *tree = 0;
  for (int i = 0; i < 20000; i++) {
    unsigned key = next();
    tree = insert(tree, key % 5000);
    values[i] = key / 3.0;
  }
  qsort(values, 20000, sizeof *values, compare);
  printf("%lu %.6f %.6f\n", sum(tree, 1), values[0], values[19999]);
  return 0;
}
C
seq 1 300000 >numbers
for name in python3 openssl xz gcc; do job $name; done
/bin/busybox poweroff -f
