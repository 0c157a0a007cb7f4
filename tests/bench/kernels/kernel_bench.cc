// How fast the kernels are, each operator in a model of its own, against what the machine can do:
//   kernel_bench [FILTER]
// runs the cases whose line holds FILTER and writes lines of fields between tabs:
//   dot      KIND                                  how int8 is multiplied (kernels/simd/dot_kind.h)
//   peak     NAME   G/S
//   case     GROUP  TYPE  NAME  G/S  SHARE         SHARE of the peak that bounds it
// G/S are G multiply-adds a second, or G bytes a second, read and written, for elementwise ones.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "cases.h"
#include "kernels/simd/dot_kind.h"
#include "roofline.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"
#include "timing.h"

namespace octolite::bench {
namespace {

void FillInput(RuntimeTensor& tensor, Rng& rng) {
  if (tensor.type == DataType::kFloat32) {
    auto* values = reinterpret_cast<float*>(tensor.data);
    for (size_t i = 0; i < tensor.bytes / sizeof(float); ++i) values[i] = rng.Uniform() - 0.5f;
    return;
  }
  for (size_t i = 0; i < tensor.bytes; ++i) {
    tensor.data[i] = static_cast<uint8_t>(rng.Integer(0, 255));
  }
}

Result<std::unique_ptr<Interpreter>> Prepare(const Case& item) {
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan,
                        Plan::Compile(std::make_shared<const Model>(item.make()), PlanOptions()));
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<Interpreter> interpreter,
                        Interpreter::Create(std::move(plan)));
  Rng rng(2);
  for (int i = 0; i < interpreter->num_inputs(); ++i) FillInput(interpreter->input(i), rng);
  // The run that finds out what the operator refuses.
  OCTO_RETURN_IF_ERROR(interpreter->Invoke());
  return interpreter;
}

size_t BytesMoved(Interpreter& interpreter) {
  size_t bytes = 0;
  for (int i = 0; i < interpreter.num_inputs(); ++i) bytes += interpreter.input(i).bytes;
  for (int i = 0; i < interpreter.num_outputs(); ++i) bytes += interpreter.output(i).bytes;
  return bytes;
}

// False when the case does not run.
bool RunCase(const Case& item, const Roofline& roofline) {
  auto interpreter = Prepare(item);
  const char* numbers = NumbersName(item.numbers);
  if (!interpreter.ok()) {
    std::fprintf(stderr, "%s %s: %s\n", item.name.c_str(), numbers,
                 interpreter.status().ToString().c_str());
    return false;
  }
  Interpreter& run = **interpreter;
  const double work = item.moves_bytes ? static_cast<double>(BytesMoved(run))
                                       : static_cast<double>(run.plan().multiply_adds());
  const double seconds = SecondsOf([&] { static_cast<void>(run.Invoke()); });
  const double giga_per_second = work / seconds / 1e9;
  double peak = item.numbers == Numbers::kFloat32 ? roofline.float32 : roofline.int8;
  if (item.moves_bytes) peak = roofline.bytes;
  std::printf("case\t%s\t%s\t%s\t%.3f\t%.3f\n", item.group.c_str(), numbers, item.name.c_str(),
              giga_per_second, giga_per_second / peak);
  std::fflush(stdout);
  return true;
}

int RunAll(const std::string& filter) {
  std::printf("dot\t%s\n", std::string(simd::DotKindName(simd::ProbeDotKind())).c_str());
  const Roofline roofline = MeasureRoofline();
  for (const Peak& peak : roofline.peaks) {
    std::printf("peak\t%s\t%.3f\n", peak.name.c_str(), peak.giga_per_second);
  }
  bool all = true;
  for (const Case& item : AllCases()) {
    const std::string line = item.group + " " + NumbersName(item.numbers) + " " + item.name;
    if (line.find(filter) != std::string::npos) all = RunCase(item, roofline) && all;
  }
  return all ? 0 : 1;
}

}  // namespace
}  // namespace octolite::bench

int main(int argc, char** argv) { return octolite::bench::RunAll(argc > 1 ? argv[1] : ""); }
