// Every operator against LiteRT's own answers (tests/golden), through the reader, the plan and the
// interpreter, in both arithmetics. Integers are equal to the byte; floats to their rounding.

#include "support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/float16.h"
#include "ops/op_def.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "tflite/reader.h"

namespace octolite {
namespace {

using testing::GoldenCase;
using testing::GoldenTensor;

// Of the largest magnitude of the expected output: what the order of additions may change.
constexpr double kFloatTolerance = 1e-5;
// Functions that every library approximates in its own way.
constexpr double kTranscendentalTolerance = 1e-4;
// Two steps of a float16 of the largest magnitude.
constexpr double kHalfTolerance = 0x1p-9;
constexpr std::string_view kTranscendental[] = {"half_math", "logistic", "softmax", "tanh"};

std::string_view ArithmeticName(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kLitert ? "litert" : "reference";
}

template <typename T>
T ElementOf(std::span<const uint8_t> bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// How far an output is from what is expected.
struct Distance {
  double largest = 0;  // steps of an integer; fraction of the largest magnitude of a float
  size_t count = 0;    // elements that differ
  size_t first = 0;
  double actual = 0;  // at `first`
  double expected = 0;
};

template <typename T>
Distance Measure(std::span<const uint8_t> actual, std::span<const uint8_t> expected) {
  const size_t count = expected.size() / sizeof(T);
  double unit = 1;
  if constexpr (std::is_floating_point_v<T>) {
    for (size_t i = 0; i < count; ++i) {
      const double magnitude = std::abs(static_cast<double>(ElementOf<T>(expected, i)));
      if (std::isfinite(magnitude)) unit = std::max(unit, magnitude);
    }
  }
  Distance distance;
  for (size_t i = 0; i < count; ++i) {
    const double a = static_cast<double>(ElementOf<T>(actual, i));
    const double b = static_cast<double>(ElementOf<T>(expected, i));
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double apart = std::isfinite(a) ? std::abs(a - b) / unit : INFINITY;
    if (distance.count++ == 0) {
      distance.first = i;
      distance.actual = a;
      distance.expected = b;
    }
    distance.largest = std::max(distance.largest, apart);
  }
  return distance;
}

// float16 numbers as float32.
ByteVector Widened(std::span<const uint8_t> halves) {
  ByteVector bytes(halves.size() * 2);
  for (size_t i = 0; i < halves.size() / 2; ++i) {
    const float value = Float16ToFloat(ElementOf<uint16_t>(halves, i));
    std::memcpy(bytes.data() + i * sizeof(value), &value, sizeof(value));
  }
  return bytes;
}

Distance Measure(DataType type, std::span<const uint8_t> actual,
                 std::span<const uint8_t> expected) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kComplex64:
      return Measure<float>(actual, expected);
    case DataType::kFloat64:
      return Measure<double>(actual, expected);
    case DataType::kFloat16:
      return Measure<float>(Widened(actual), Widened(expected));
    case DataType::kInt8:
      return Measure<int8_t>(actual, expected);
    case DataType::kInt16:
      return Measure<int16_t>(actual, expected);
    case DataType::kInt32:
      return Measure<int32_t>(actual, expected);
    case DataType::kInt64:
      return Measure<int64_t>(actual, expected);
    default:
      return Measure<uint8_t>(actual, expected);
  }
}

Result<std::unique_ptr<Interpreter>> RunModel(const GoldenCase& golden, Arithmetic arithmetic) {
  OCTO_ASSIGN_OR_RETURN(Model model, ReadModel(golden.model));
  PlanOptions options;
  options.arithmetic = arithmetic;
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(std::move(model)), options));
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<Interpreter> interpreter,
                        Interpreter::Create(std::move(plan)));
  for (size_t i = 0; i < golden.inputs.size(); ++i) {
    OCTO_RETURN_IF_ERROR(interpreter->SetInput(static_cast<int>(i), golden.inputs[i].bytes));
  }
  for (int run = 0; run < golden.runs; ++run) OCTO_RETURN_IF_ERROR(interpreter->Invoke());
  return interpreter;
}

struct Parameter {
  std::string file;
  Arithmetic arithmetic;
};

class GoldenTest : public ::testing::TestWithParam<Parameter> {
 protected:
  void Check(const GoldenCase& golden) {
    const auto& [file, arithmetic] = GetParam();
    SCOPED_TRACE(file + "/" + golden.name);
    const auto interpreter = RunModel(golden, arithmetic);
    ASSERT_TRUE(interpreter.ok()) << interpreter.status().ToString();
    ASSERT_EQ((*interpreter)->num_outputs(), static_cast<int>(golden.outputs.size()));
    for (size_t i = 0; i < golden.outputs.size(); ++i) {
      const GoldenTensor& expected = golden.outputs[i];
      const RuntimeTensor& actual = (*interpreter)->output(static_cast<int>(i));
      const ByteVector& bytes =
          arithmetic == Arithmetic::kLitert ? expected.bytes : expected.reference;
      ASSERT_EQ(actual.type, expected.type);
      ASSERT_EQ(actual.shape.ToString(), expected.shape.ToString());
      ASSERT_EQ(actual.bytes, bytes.size());
      const Distance distance = Measure(actual.type, {actual.data, actual.bytes}, bytes);
      EXPECT_LE(distance.largest, Allowed(actual.type))
          << "output " << i << " " << actual.shape.ToString() << ": " << distance.count
          << " elements differ, the first at " << distance.first << ": " << distance.actual
          << " instead of " << distance.expected;
    }
  }

 private:
  static double Allowed(DataType type) {
    const bool transcendental =
        std::ranges::find(kTranscendental, GetParam().file) != std::end(kTranscendental);
    if (type == DataType::kFloat16) return transcendental ? kHalfTolerance : 0;
    if (type != DataType::kFloat32 && type != DataType::kFloat64 && type != DataType::kComplex64) {
      return 0;
    }
    return transcendental ? kTranscendentalTolerance : kFloatTolerance;
  }
};

TEST_P(GoldenTest, EqualsLiteRt) {
  const auto& [file, arithmetic] = GetParam();
  const auto cases = testing::ReadGoldens(file);
  ASSERT_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) {
    if (arithmetic == Arithmetic::kLitert || golden.has_reference) Check(golden);
  }
}

std::vector<Parameter> AllParameters() {
  std::vector<Parameter> parameters;
  for (const std::string& file : testing::GoldenFiles()) {
    for (const Arithmetic arithmetic : {Arithmetic::kLitert, Arithmetic::kReference}) {
      parameters.push_back({file, arithmetic});
    }
  }
  return parameters;
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenTest, ::testing::ValuesIn(AllParameters()),
                         [](const ::testing::TestParamInfo<Parameter>& info) {
                           return info.param.file + "_" +
                                  std::string(ArithmeticName(info.param.arithmetic));
                         });

}  // namespace
}  // namespace octolite
