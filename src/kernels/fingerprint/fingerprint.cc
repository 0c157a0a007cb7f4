#include "kernels/fingerprint/fingerprint.h"

#include <bit>
#include <cstring>
#include <utility>

namespace octolite {
namespace {

constexpr uint64_t kPrime0 = 0xc3a5c85c97cb3127;
constexpr uint64_t kPrime1 = 0xb492b66fbe98f273;
constexpr uint64_t kPrime2 = 0x9ae16a3b2f90404f;

using Pair = std::pair<uint64_t, uint64_t>;

uint64_t Load64(const uint8_t* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

uint64_t Load32(const uint8_t* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

uint64_t Rotate(uint64_t value, int bits) { return std::rotr(value, bits); }

uint64_t Mix(uint64_t value) { return value ^ (value >> 47); }

uint64_t Join(uint64_t u, uint64_t v, uint64_t multiplier) {
  const uint64_t a = Mix((u ^ v) * multiplier);
  return Mix((v ^ a) * multiplier) * multiplier;
}

uint64_t MultiplierOf(size_t size) { return kPrime2 + size * 2; }

uint64_t Hash0To16(const uint8_t* s, size_t size) {
  if (size >= 8) {
    const uint64_t multiplier = MultiplierOf(size);
    const uint64_t a = Load64(s) + kPrime2;
    const uint64_t b = Load64(s + size - 8);
    return Join(Rotate(b, 37) * multiplier + a, (Rotate(a, 25) + b) * multiplier, multiplier);
  }
  if (size >= 4) {
    return Join(size + (Load32(s) << 3), Load32(s + size - 4), MultiplierOf(size));
  }
  if (size == 0) return kPrime2;
  const uint64_t y = s[0] + (static_cast<uint64_t>(s[size / 2]) << 8);
  const uint64_t z = size + (static_cast<uint64_t>(s[size - 1]) << 2);
  return Mix(y * kPrime2 ^ z * kPrime0) * kPrime2;
}

uint64_t Hash17To32(const uint8_t* s, size_t size) {
  const uint64_t multiplier = MultiplierOf(size);
  const uint64_t a = Load64(s) * kPrime1;
  const uint64_t b = Load64(s + 8);
  const uint64_t c = Load64(s + size - 8) * multiplier;
  const uint64_t d = Load64(s + size - 16) * kPrime2;
  return Join(Rotate(a + b, 43) + Rotate(c, 30) + d, a + Rotate(b + kPrime2, 18) + c, multiplier);
}

uint64_t Hash33To64(const uint8_t* s, size_t size) {
  const uint64_t multiplier = MultiplierOf(size);
  const uint64_t a = Load64(s) * kPrime2;
  const uint64_t b = Load64(s + 8);
  const uint64_t c = Load64(s + size - 8) * multiplier;
  const uint64_t d = Load64(s + size - 16) * kPrime2;
  const uint64_t y = Rotate(a + b, 43) + Rotate(c, 30) + d;
  const uint64_t z = Join(y, a + Rotate(b + kPrime2, 18) + c, multiplier);
  const uint64_t e = Load64(s + 16) * multiplier;
  const uint64_t f = Load64(s + 24);
  const uint64_t g = (y + Load64(s + size - 32)) * multiplier;
  const uint64_t h = (z + Load64(s + size - 24)) * multiplier;
  return Join(Rotate(e + f, 43) + Rotate(g, 30) + h, e + Rotate(f + a, 18) + g, multiplier);
}

// 32 bytes and two seeds.
Pair Weak32(const uint8_t* s, uint64_t a, uint64_t b) {
  const uint64_t z = Load64(s + 24);
  a += Load64(s);
  b = Rotate(b + a + z, 21);
  const uint64_t c = a;
  a += Load64(s + 8) + Load64(s + 16);
  return {a + z, b + Rotate(a, 44) + c};
}

struct State {
  uint64_t x = 0, y = 0, z = 0;
  Pair v, w;

  // 64 bytes; `rate` multiplies parts of the state in the last of them.
  void Take(const uint8_t* s, uint64_t multiplier, uint64_t rate) {
    x = Rotate(x + y + v.first + Load64(s + 8), 37) * multiplier;
    y = Rotate(y + v.second + Load64(s + 48), 42) * multiplier;
    x ^= w.second * rate;
    y += v.first * rate + Load64(s + 40);
    z = Rotate(z + w.first, 33) * multiplier;
    v = Weak32(s, v.second * multiplier, x + w.first);
    w = Weak32(s + 32, z + w.second, y + Load64(s + 16));
    std::swap(z, x);
  }
};

uint64_t HashLong(const uint8_t* s, size_t size) {
  constexpr uint64_t kSeed = 81;
  State state;
  state.x = kSeed * kPrime2 + Load64(s);
  state.y = kSeed * kPrime1 + 113;
  state.z = Mix(state.y * kPrime2 + 113) * kPrime2;
  const size_t rest = (size - 1) % 64;
  const uint8_t* const end = s + (size - 1) / 64 * 64;
  for (; s != end; s += 64) state.Take(s, kPrime1, 1);
  const uint64_t multiplier = kPrime1 + ((state.z & 0xff) << 1);
  state.w.first += rest;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.Take(end + rest - 63, multiplier, 9);
  return Join(Join(state.v.first, state.w.first, multiplier) + Mix(state.y) * kPrime0 + state.z,
              Join(state.v.second, state.w.second, multiplier) + state.x, multiplier);
}

}  // namespace

uint64_t Fingerprint64(std::span<const uint8_t> bytes) {
  const uint8_t* const s = bytes.data();
  const size_t size = bytes.size();
  if (size <= 16) return Hash0To16(s, size);
  if (size <= 32) return Hash17To32(s, size);
  if (size <= 64) return Hash33To64(s, size);
  return HashLong(s, size);
}

}  // namespace octolite
