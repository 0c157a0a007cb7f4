// Whole models against LiteRT's own answers (tests/golden/models.txt): integers to the byte, floats
// at the places that were kept.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/common/strings.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "support/shared_files.h"
#include "support/source_path.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

struct Network {
  std::string file;
  Arithmetic arithmetic = Arithmetic::kLitert;
  bool fails_in_litert = false;
  std::vector<std::string> outputs;  // as models.txt writes them
};

std::vector<Network> ReadNetworks() {
  std::vector<Network> networks;
  std::ifstream file(testing::SourcePath("tests/golden/models.txt"));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Network network;
    std::istringstream words(line);
    std::string arithmetic;
    words >> network.file >> arithmetic;
    if (arithmetic == "reference") network.arithmetic = Arithmetic::kReference;
    for (std::string word; words >> word;) network.outputs.push_back(word);
    network.fails_in_litert = !network.outputs.empty() && network.outputs[0] == "!";
    networks.push_back(std::move(network));
  }
  return networks;
}

// Of the largest magnitude of an output: what other orders of additions come to in a deep network.
constexpr double kTolerance = 1e-4;

// Models in which a rounding grows: floats that are quantized again while running, where one that
// falls to the other side of an edge moves what follows by a step. LiteRT's own two paths lie as
// far apart on these.
struct Amplifier {
  std::string_view file;
  double tolerance;
};
constexpr Amplifier kAmplifiers[] = {
    {"basic_pitch_nmp_float.tflite", 0.001},  // a logarithm of nearly nothing
    {"meet_segm_128_dynamic.tflite", 0.03},
    {"soundstream_encoder_mixed_int8.tflite", 0.03},
    {"style_transfer_dynamic.tflite", 0.05},
};

double Tolerance(std::string_view file) {
  for (const Amplifier& amplifier : kAmplifiers) {
    if (amplifier.file == file) return amplifier.tolerance;
  }
  return kTolerance;
}

uint32_t Crc32(std::span<const uint8_t> bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

template <typename T, typename F>
ByteVector Fill(size_t count, F value) {
  ByteVector bytes(count * sizeof(T));
  for (size_t i = 0; i < count; ++i) {
    const T number = static_cast<T>(value((static_cast<uint32_t>(i) * 2654435761u) >> 24));
    std::memcpy(bytes.data() + i * sizeof(T), &number, sizeof(T));
  }
  return bytes;
}

// The input that generate_models.py gave LiteRT.
ByteVector Pattern(const RuntimeTensor& tensor) {
  const auto count = static_cast<size_t>(tensor.shape.num_elements());
  switch (tensor.type) {
    case DataType::kFloat32:
      return Fill<float>(count,
                         [](uint32_t byte) { return (static_cast<float>(byte) - 128) / 128; });
    case DataType::kBool:
      return Fill<uint8_t>(count, [](uint32_t byte) { return byte % 2; });
    case DataType::kInt16:
      return Fill<int16_t>(count,
                           [](uint32_t byte) { return (static_cast<int>(byte) - 128) * 64; });
    case DataType::kInt32:
      return Fill<int32_t>(count, [](uint32_t byte) { return byte % 8; });
    case DataType::kInt64:
      return Fill<int64_t>(count, [](uint32_t byte) { return byte % 8; });
    case DataType::kString: {
      std::vector<std::string> texts;
      for (const uint8_t byte : Fill<uint8_t>(count, [](uint32_t value) { return value % 8; })) {
        texts.push_back(std::to_string(byte));
      }
      return PackStrings(std::vector<std::string_view>(texts.begin(), texts.end()));
    }
    default:
      return Fill<uint8_t>(count, [](uint32_t byte) { return byte; });
  }
}

// The numbers of "~largest:v0,v1,...".
std::vector<double> Numbers(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '~' || c == ':' || c == ','; }, ' ');
  std::vector<double> numbers;
  const char* at = text.c_str();
  for (char* end = nullptr;; at = end) {
    const double number = std::strtod(at, &end);
    if (end == at) return numbers;
    numbers.push_back(number);
  }
}

void ExpectFloats(const RuntimeTensor& output, const std::string& word, double tolerance) {
  const std::vector<double> expected = Numbers(word);
  const size_t samples = expected.size() - 1;
  const size_t count = output.bytes / sizeof(float);
  if (samples == 0) {
    EXPECT_EQ(count, 0u);
    return;
  }
  double worst = 0;
  for (size_t i = 0; i < samples; ++i) {
    float actual;
    std::memcpy(&actual, output.data + i * count / samples * sizeof(float), sizeof(float));
    const double wanted = expected[i + 1];
    if (std::isfinite(wanted) ? std::isfinite(actual) : std::isnan(wanted) == std::isnan(actual)) {
      if (std::isfinite(wanted)) worst = std::max(worst, std::abs(actual - wanted));
    } else {
      worst = INFINITY;
    }
  }
  EXPECT_LE(worst, tolerance * std::max(expected[0], 1e-3)) << "of at most " << expected[0];
}

class NetworkTest : public ::testing::TestWithParam<Network> {};

TEST_P(NetworkTest, EqualsLiteRt) {
  const Network& network = GetParam();
  const std::string path = "models/" + network.file;
  if (!testing::HasSharedFile(path)) GTEST_SKIP() << "no ../shared/" << path;
  auto model = ReadModel(testing::ReadSharedFile(path));
  if (network.fails_in_litert && !model.ok()) return;
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  PlanOptions options;
  options.arithmetic = network.arithmetic;
  const auto plan = Plan::Compile(std::make_shared<const Model>(std::move(model).value()), options);
  if (network.fails_in_litert && !plan.ok()) return;
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  const auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
  for (int i = 0; i < (*interpreter)->num_inputs(); ++i) {
    const Status set = (*interpreter)->SetInput(i, Pattern((*interpreter)->input(i)));
    ASSERT_TRUE(set.ok()) << set.ToString();
  }
  const Status invoked = (*interpreter)->Invoke();
  if (network.fails_in_litert) return;
  ASSERT_TRUE(invoked.ok()) << invoked.ToString();
  ASSERT_EQ((*interpreter)->num_outputs(), static_cast<int>(network.outputs.size()));
  for (size_t i = 0; i < network.outputs.size(); ++i) {
    SCOPED_TRACE("output " + std::to_string(i));
    const RuntimeTensor& output = (*interpreter)->output(static_cast<int>(i));
    const std::string& word = network.outputs[i];
    if (word.starts_with('~')) {
      ExpectFloats(output, word, Tolerance(network.file));
    } else {
      EXPECT_EQ(Crc32({output.data, output.bytes}), std::strtoul(word.c_str(), nullptr, 16));
    }
  }
}

// The outputs of a run, one after the other; nothing where the network does not run.
std::optional<ByteVector> OutputsOf(const std::shared_ptr<const Model>& model,
                                    const PlanOptions& options) {
  const auto plan = Plan::Compile(model, options);
  if (!plan.ok()) return std::nullopt;
  const auto interpreter = Interpreter::Create(*plan);
  if (!interpreter.ok()) return std::nullopt;
  for (int i = 0; i < (*interpreter)->num_inputs(); ++i) {
    if (!(*interpreter)->SetInput(i, Pattern((*interpreter)->input(i))).ok()) return std::nullopt;
  }
  if (!(*interpreter)->Invoke().ok()) return std::nullopt;
  ByteVector bytes;
  for (int i = 0; i < (*interpreter)->num_outputs(); ++i) {
    const RuntimeTensor& output = (*interpreter)->output(i);
    bytes.insert(bytes.end(), output.data, output.data + output.bytes);
  }
  return bytes;
}

TEST_P(NetworkTest, PassesChangeNoByte) {
  const Network& network = GetParam();
  const std::string path = "models/" + network.file;
  if (!testing::HasSharedFile(path)) GTEST_SKIP() << "no ../shared/" << path;
  auto model = ReadModel(testing::ReadSharedFile(path));
  if (!model.ok()) return;
  const auto whole = std::make_shared<const Model>(std::move(model).value());
  PlanOptions options;
  options.arithmetic = network.arithmetic;
  const std::optional<ByteVector> with = OutputsOf(whole, options);
  options.observed = true;
  EXPECT_EQ(with, OutputsOf(whole, options));
}

INSTANTIATE_TEST_SUITE_P(
    Shared, NetworkTest, ::testing::ValuesIn(ReadNetworks()),
    [](const ::testing::TestParamInfo<Network>& info) {
      std::string name = info.param.file;
      std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
      return name + (info.param.arithmetic == Arithmetic::kLitert ? "_litert" : "_reference");
    });

}  // namespace
}  // namespace octolite
