# Commands whose output is the same on every processor: run in the guest and on the host, compared line by line.
#
#   bash userspace-commands.sh short|base|full
#
# Each prints "NAME: " and its output in one line with its status, or the checksum of its output.
export LC_ALL=C TZ=UTC PERL_HASH_SEED=0 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
cd /tmp || exit 1
count=20000 bits=1024
[ "$1" = short ] && count=1000 bits=512
show() { local name=$1; shift; printf '%s: ' "$name"; "$@" 2>&1 | tr '\n' ' '; printf '[%s]\n' "${PIPESTATUS[0]}"; }
check() { local name=$1; shift; printf '%s: ' "$name"; "$@" 2>&1 | sha256sum | cut -c1-32; }

data() { seq 1 "$1" | perl -ne 'chomp; printf "%d %x %s\n", $_, $_ * 2654435761 & 0xffffffff, "emu" x ($_ % 7)'; }

# bash
fibonacci() { local a=0 b=1 i; for ((i = 0; i < 80; i++)); do ((t = a + b, a = b, b = t)); done; echo "$a"; }
show bash-arithmetic fibonacci
words() { declare -A seen; local w; for w in one two three two one; do ((seen[$w]++)); done; for w in one two three; do echo "$w=${seen[$w]}"; done; }
show bash-arrays words
show bash-float printf '%.6f %.3e %a\n' 3.14159265358979 -2.5e-300 1.5
show bash-regex eval '[[ 2026-11-28 =~ ^([0-9]+)-([0-9]+) ]] && echo "${BASH_REMATCH[2]}/${BASH_REMATCH[1]}"'

# coreutils
data $count >data.txt
show wc wc data.txt
check sha256 sha256sum data.txt
check sha512 sha512sum data.txt
check md5 md5sum data.txt
check crc cksum data.txt
check b2 b2sum data.txt
check sort sort -k2 data.txt
check sort-numeric sort -t' ' -k2,2g data.txt
check base64 base64 data.txt
check od od -A x -t x4z data.txt
show factor factor 600851475143 18446744073709551557 1000000016000000063
show numfmt numfmt --to=iec 123456789
check split-join bash -c 'split -n 7 data.txt part. && cat part.* && rm part.*'
check tac tac data.txt
check uniq bash -c 'cut -d" " -f3 data.txt | sort | uniq -c'
check tr bash -c 'tr a-y b-z <data.txt | tr -dc "a-z\n"'
check expand bash -c 'paste data.txt data.txt | expand -t 20 | fold -w 30'
show date date -d '2026-11-28 + 90 days' '+%A %F %j'
check grep grep -c '1.*e.*emu' data.txt
check sed sed -E 's/([0-9a-f]+) (emu)+$/\2 \1/' data.txt

# compression, each way
for tool in "gzip:9 -n" "gzip:1 -n" xz:6 xz:0 zstd:3 zstd:19; do
  name=${tool%%:*} level=${tool#*:}
  check "$name-${level% *}" bash -c "$name -$level <data.txt | tee data.packed; $name -dc data.packed | cmp - data.txt && echo same"
done

# perl
check perl-hash perl -e 'my %h; $h{$_ % 997} += $_ for 1..'$count'; print join(",", map {"$_=$h{$_}"} sort {$a <=> $b} keys %h)'
check perl-float perl -e 'my $x = 0.5; for (1..'$count') { $x = 3.7 * $x * (1 - $x) } printf "%.6f %.12g %.12g\n", sqrt(2) * 1e10, exp(1), atan2(1, 3); printf "%.3f\n", $x * 0'
show perl-regex perl -e '$_ = join " ", map { $_ * $_ } 1..300; my $n = () = /(\d)\1/g; print "$n\n"'
show perl-pack perl -e 'print unpack("H*", pack("d> f< q n N w", 3.25, -0.1, -5, 513, 7, 300)), "\n"'
check perl-sort perl -e 'my $s = 42; my @a = map { $s = ($s * 1103515245 + 12345) & 0x7fffffff } 1..'$count'; print join " ", sort { $a <=> $b } @a'

# openssl
check openssl-digests bash -c 'for d in md5 sha1 sha224 sha256 sha384 sha512 sha3-256 sha3-512 blake2b512 blake2s256 sm3; do openssl dgst -$d data.txt; done'
K=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
for cipher in aes-128-cbc aes-256-cbc aes-256-ctr aes-128-ecb camellia-256-cbc chacha20 aria-128-cbc des-ede3-cbc; do
  case $cipher in *128*) key=${K:0:32} ;; des*) key=${K:0:48} ;; *) key=$K ;; esac
  check "openssl-$cipher" bash -c "openssl enc -$cipher -K $key -iv ${K:0:32} -in data.txt | tee data.packed; openssl enc -d -$cipher -K $key -iv ${K:0:32} -in data.packed | cmp - data.txt && echo same"
done 2>&1
check openssl-mac openssl dgst -sha256 -hmac emu data.txt
check openssl-kdf openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:emu -kdfopt salt:processor -kdfopt iter:500 PBKDF2
show openssl-prime openssl prime 170141183460469231731687303715884105727
sign() {
  openssl genpkey -algorithm "$1" "${@:2}" -out key.pem 2>/dev/null
  openssl pkey -in key.pem -pubout -out public.pem
  openssl pkeyutl -sign -rawin -in message -inkey key.pem -out signature && openssl pkeyutl -verify -rawin -in message -pubin -inkey public.pem -sigfile signature
}
echo message >message
show openssl-ed25519 sign ED25519
show openssl-p256 sign EC -pkeyopt ec_paramgen_curve:P-256
show openssl-rsa sign RSA -pkeyopt rsa_keygen_bits:$bits

[ "$1" = full ] || { echo end; exit 0; }

# python3
check python-json python3 -c 'import json; print(json.dumps({str(i): [i / 7, i * i, None, i % 2 == 0] for i in range(500)}, sort_keys=True))'
check python-hash python3 -c 'import hashlib, zlib; d = open("data.txt", "rb").read(); print(hashlib.sha256(d).hexdigest(), hashlib.blake2b(d).hexdigest(), zlib.crc32(d), zlib.adler32(d), len(zlib.compress(d)))'
check python-float python3 -c 'import math; print([format(f(x / 10), ".11g") for x in range(1, 60) for f in (math.sin, math.cos, math.exp, math.log, math.sqrt, math.tanh, math.gamma)])'
check python-decimal python3 -c 'from decimal import *; getcontext().prec = 200; print(Decimal(2).sqrt(), Decimal(10).ln(), Decimal(1) / 7)'
check python-integer python3 -c 'print(pow(3, 100003, 2**521 - 1), 7**2000 % 10**400, hex(3**500))'
check python-regex python3 -c 'import re; d = open("data.txt").read(); print(len(re.findall(r"(\d)\1", d)), re.sub(r"\b(\w)(\w*)\b", r"\2\1", d)[:2000])'
check python-struct python3 -c 'import struct, array; print(struct.pack("<dfqe", 1.1, 2.2, -3, 0.333).hex(), sum(array.array("d", [i * 0.5 for i in range(1000)])))'
check python-sort python3 -c 'import random; random.seed(7); print(sorted(random.random() for _ in range(5000)))'
check python-statistics python3 -c 'import statistics, fractions; print(statistics.pstdev([i * i % 101 for i in range(300)]), fractions.Fraction(0.1) ** 3)'

# sqlite3
check sqlite sqlite3 :memory: "create table t(i integer primary key, s text, r real); with recursive c(x) as (select 1 union all select x + 1 from c where x < 5000) insert into t select x, printf('%05x', x * 7919 % 65536), x / 3.0 from c; create index k on t(s); select count(*), sum(i), round(avg(r), 6), min(s), max(s) from t where s > '08000'; select substr(s, 1, 2), count(*) from t group by 1 order by 2 desc, 1 limit 20;"

# gcc
cat >program.c <<'C'
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <math.h>
static uint32_t next(uint32_t *s) { *s ^= *s << 13; *s ^= *s >> 17; return *s ^= *s << 5; }
static int compare(const void *a, const void *b) { return memcmp(a, b, 4); }
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
int main(void) {
  uint32_t s = 1, v[4096];
  double sum = 0;
  float f[1024];
  for (int i = 0; i < 4096; i++) v[i] = next(&s);
  qsort(v, 4096, 4, compare);
  for (int i = 0; i < 1024; i++) f[i] = (float)(v[i] >> 8) / 3.0f;
  for (int i = 0; i < 1024; i++) sum += f[i] * 0.5;
  uint8_t bytes[4096];
  for (int i = 0; i < 4096; i++) bytes[i] = (uint8_t)(v[i] * 31 + (v[i] >> 16));
  uint64_t h = 14695981039346656037u;
  for (int i = 0; i < 4096; i++) h = (h ^ bytes[i]) * 1099511628211u;
  printf("%u %u %.6e %016llx %.9f\n", v[0], v[4095], sum, (unsigned long long)h, sqrt(sum));
  return 0;
}
C
compile() { gcc "$@" -o program program.c -lm && ./program; }
show gcc-O0 compile -O0
show gcc-O2 compile -O2
show gcc-O3 compile -O3 -funroll-loops
check gcc-assembly gcc -O2 -S -o - program.c
check gcc-object bash -c 'gcc -O2 -c program.c && objdump -d program.o && nm program.o'
echo end
