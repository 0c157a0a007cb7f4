#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/arithmetic.h"
#include "base/status.h"
#include "calibrate/statistics.h"
#include "model/model.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite {

// Runs a float model on samples and keeps statistics of every float32 activation. Memory: the
// model's arena and a histogram for each tensor, however many samples there are.
//
//   auto calibrator = Calibrator::Create(model, options);
//   for each sample: set the inputs of calibrator.interpreter(), then calibrator.Step();
//   Quantize(*model, config, &calibrator.stats());
class Calibrator {
 public:
  // As Plan::Compile refuses; `options.subgraph` is the one to calibrate.
  static Result<std::unique_ptr<Calibrator>> Create(std::shared_ptr<const Model> model,
                                                    const PlanOptions& options);

  // For setting inputs.
  Interpreter& interpreter() { return *interpreter_; }
  // Runs the model on the inputs as they stand, and observes.
  Status Step();
  // Of all steps so far.
  const CalibrationStats& stats() const { return stats_; }
  uint64_t samples() const { return stats_.subgraphs[0].samples; }

 private:
  Calibrator() = default;

  std::unique_ptr<Interpreter> interpreter_;
  CalibrationStats stats_;
  std::vector<int32_t> record_of_tensor_;  // -1: not observed
  std::vector<int32_t> folded_;            // observed tensors that the plan computed beforehand
};

}  // namespace octolite
