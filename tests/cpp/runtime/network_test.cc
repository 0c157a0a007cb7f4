// Whole quantized networks against LiteRT's own answers (tests/golden/models.txt), to the byte.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "support/source_path.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

struct Network {
  std::string name;
  Arithmetic arithmetic = Arithmetic::kLitert;
  std::vector<uint32_t> outputs;  // CRC-32 of each
};

std::vector<Network> ReadNetworks() {
  std::vector<Network> networks;
  std::ifstream file(testing::SourcePath("tests/golden/models.txt"));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Network network;
    std::istringstream words(line);
    std::string arithmetic;
    words >> network.name >> arithmetic >> std::hex;
    if (arithmetic == "reference") network.arithmetic = Arithmetic::kReference;
    for (uint32_t checksum = 0; words >> checksum;) network.outputs.push_back(checksum);
    networks.push_back(std::move(network));
  }
  return networks;
}

uint32_t Crc32(std::span<const uint8_t> bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

// The input that generate_models.py gave LiteRT.
ByteVector Pattern(const RuntimeTensor& tensor) {
  const auto count = static_cast<size_t>(tensor.shape.num_elements());
  ByteVector bytes(count);
  for (size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<uint8_t>((static_cast<uint32_t>(i) * 2654435761u) >> 24);
  }
  if (tensor.type != DataType::kFloat32) return bytes;
  ByteVector floats(count * sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    const float value = (static_cast<float>(bytes[i]) - 128) / 128;
    std::memcpy(floats.data() + i * sizeof(float), &value, sizeof(float));
  }
  return floats;
}

class NetworkTest : public ::testing::TestWithParam<Network> {};

TEST_P(NetworkTest, EqualsLiteRt) {
  const Network& network = GetParam();
  const std::string path = testing::SourcePath("../shared/models/" + network.name + ".tflite");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  std::ifstream file(path, std::ios::binary);
  auto model = ReadModel(ByteVector(std::istreambuf_iterator<char>(file), {}));
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  PlanOptions options;
  options.arithmetic = network.arithmetic;
  const auto plan = Plan::Compile(std::make_shared<const Model>(std::move(model).value()), options);
  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  const auto interpreter = Interpreter::Create(*plan);
  ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
  for (int i = 0; i < (*interpreter)->num_inputs(); ++i) {
    const Status set = (*interpreter)->SetInput(i, Pattern((*interpreter)->input(i)));
    ASSERT_TRUE(set.ok()) << set.ToString();
  }
  const Status invoked = (*interpreter)->Invoke();
  ASSERT_TRUE(invoked.ok()) << invoked.ToString();
  ASSERT_EQ((*interpreter)->num_outputs(), static_cast<int>(network.outputs.size()));
  for (size_t i = 0; i < network.outputs.size(); ++i) {
    const RuntimeTensor& output = (*interpreter)->output(static_cast<int>(i));
    EXPECT_EQ(Crc32({output.data, output.bytes}), network.outputs[i]) << "output " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, NetworkTest, ::testing::ValuesIn(ReadNetworks()),
                         [](const ::testing::TestParamInfo<Network>& info) {
                           std::string name = info.param.name;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name + (info.param.arithmetic == Arithmetic::kLitert
                                              ? "_litert"
                                              : "_reference");
                         });

}  // namespace
}  // namespace octolite
