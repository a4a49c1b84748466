// What kind-vector.s runs. Every result is that of IEEE 754, so it is the same everywhere.
#include <emmintrin.h>
#include <stdint.h>

#define OWN static __attribute__((noinline))

static double root(double value) { return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(value))); }
static uint64_t bits(double value) {
  union { double number; uint64_t word; } both = {value};
  return both.word;
}

// Scalar: the outer planets and the Sun.
struct Body { double x, y, z, vx, vy, vz, mass; };
static struct Body bodies[5] = {
  {0, 0, 0, 0, 0, 0, 39.478417604357432},
  {4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.606326392995832, 2.81198684491626, -0.02521836165988763, 0.03769367487038949},
  {8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -1.01077434617879, 1.82566237123041, 0.00841576137658415, 0.01128632613196877},
  {12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 1.08279100644153, 0.868713018169608, -0.0108326374013636, 0.001723724057059711},
  {15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.979090732243898, 0.594698998647676, -0.0347559555048707, 0.002033686869924631},
};
OWN double orbits(unsigned count) {
  for (; count; count--) {
    for (unsigned i = 0; i < 5; i++) {
      struct Body *a = &bodies[i];
      for (unsigned j = i + 1; j < 5; j++) {
        struct Body *b = &bodies[j];
        double x = a->x - b->x, y = a->y - b->y, z = a->z - b->z;
        double square = x * x + y * y + z * z, magnitude = 0.01 / (square * root(square));
        a->vx -= x * b->mass * magnitude, a->vy -= y * b->mass * magnitude, a->vz -= z * b->mass * magnitude;
        b->vx += x * a->mass * magnitude, b->vy += y * a->mass * magnitude, b->vz += z * a->mass * magnitude;
      }
    }
    for (unsigned i = 0; i < 5; i++) {
      struct Body *a = &bodies[i];
      a->x += 0.01 * a->vx, a->y += 0.01 * a->vy, a->z += 0.01 * a->vz;
    }
  }
  return bodies[0].x + bodies[1].y + bodies[2].z + bodies[4].vx;
}

// Packed: a product of matrices.
enum { SIDE = 32 };
static double left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];
OWN double matrices(uint64_t seed) {
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j++) {
      left[i][j] = (double)((int64_t)(seed >> (i + j & 31) & 255) - 128) / 16;
      right[i][j] = (double)(i * j - 100) * 0.03125;
    }
  }
  double trace = 0;
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j += 2) {
      __m128d sum = _mm_setzero_pd();
      for (int k = 0; k < SIDE; k++)
        sum = _mm_add_pd(sum, _mm_mul_pd(_mm_set1_pd(left[i][k]), _mm_loadu_pd(&right[k][j])));
      _mm_storeu_pd(&product[i][j], sum);
    }
    trace += product[i][i];
  }
  return trace;
}

// Packed compares: escape times of the Mandelbrot set, two points at once.
OWN uint64_t escapes(void) {
  uint64_t sum = 0;
  for (int row = 0; row < 16; row++) {
    for (int column = 0; column < 16; column += 2) {
      __m128d cx = _mm_set_pd(column * 0.15 - 1.95, column * 0.15 - 1.8), cy = _mm_set1_pd(row * 0.125 - 1);
      __m128d x = cx, y = cy, four = _mm_set1_pd(4), counts = _mm_setzero_pd(), one = _mm_set1_pd(1);
      for (int i = 0; i < 40; i++) {
        __m128d xx = _mm_mul_pd(x, x), yy = _mm_mul_pd(y, y);
        __m128d inside = _mm_cmple_pd(_mm_add_pd(xx, yy), four);
        if (!_mm_movemask_pd(inside)) break;
        counts = _mm_add_pd(counts, _mm_and_pd(inside, one));
        y = _mm_add_pd(_mm_mul_pd(_mm_add_pd(x, x), y), cy);
        x = _mm_add_pd(_mm_sub_pd(xx, yy), cx);
        x = _mm_min_pd(_mm_max_pd(x, _mm_set1_pd(-4)), four);
        y = _mm_min_pd(_mm_max_pd(y, _mm_set1_pd(-4)), four);
      }
      __m128i whole = _mm_cvttpd_epi32(counts);
      sum = sum * 41 + (uint64_t)_mm_cvtsi128_si32(whole);
      sum = sum * 41 + (uint64_t)_mm_cvtsi128_si32(_mm_shuffle_epi32(whole, 1));
    }
  }
  return sum;
}

// Conversions between every pair of types, comparisons that branch, minima.
OWN uint64_t conversions(uint64_t state, unsigned count) {
  uint64_t sum = 0;
  double low = 1e30, high = -1e30, running = 0;
  for (; count; count--) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    double a = (double)(int64_t)state, b = (double)(int32_t)state;
    float narrow = (float)a;
    double wide = (double)(narrow * 0.5f) + b;
    running += a / (b + 0.5) - wide * 1e-3;
    if (running > 1e18 || running < -1e18) running = root(running < 0 ? -running : running);
    low = a < low ? a : low;
    high = wide > high ? wide : high;
    sum += (uint64_t)(int64_t)(b * 0.25) + (uint64_t)_mm_cvtsd_si64(_mm_set_sd(running * 0.001));
    sum ^= (uint64_t)(uint32_t)(int32_t)(narrow * 1e-11f);
  }
  return sum + bits(low) + bits(high) + bits(running);
}

// Series and Newton's method: division and square roots, one waiting for the other.
OWN double series(double x) {
  double sum = 0, term = 1;
  for (int i = 1; i < 40; i++) {
    sum += term;
    term *= x / i;
  }
  double guess = sum;
  for (int i = 0; i < 20; i++) guess = 0.5 * (guess + sum / guess);
  return guess + root(sum) - 1 / sum;
}

// The sum of squares as a compiler has it for a loop over memory, in single precision as well.
OWN double norms(void) {
  static float small[1024];
  double sum = 0;
  for (int i = 0; i < 1024; i++) small[i] = (float)product[i / SIDE][i % SIDE] * 0.25f + 1.5f;
  for (int i = 0; i < 1024; i++) sum += (double)small[i] * small[i];
  return sum;
}

uint64_t work(uint64_t sum) {
  sum += bits(orbits(150));
  sum = sum * 31 + bits(matrices(sum | 1));
  sum = sum * 31 + escapes();
  sum = sum * 31 + conversions(sum | 1, 3000);
  for (int i = 0; i < 50; i++) sum = sum * 31 + bits(series((double)(sum >> 40 & 1023) / 256 + i * 0.01));
  return sum * 31 + bits(norms());
}
