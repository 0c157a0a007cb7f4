#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "calibrate/convergence.h"
#include "calibrate/statistics.h"
#include "model/model.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite {

// Runs a float model on samples and keeps statistics of every float32 activation, those of the
// subgraphs that it calls included. Memory: the model's arena, and a histogram and sums of channels
// for each tensor, however many samples there are.
//
// A called subgraph's samples are its calls; one that never ran has no statistics. What a model
// does once, as CALL_ONCE, it does once in each calibrator.
//
//   auto calibrator = Calibrator::Create(model, options);
//   for each sample: set the inputs of calibrator.interpreter(), then calibrator.Step();
//   Quantize(*model, config, &calibrator.stats());
class Calibrator {
 public:
  // As Plan::Compile refuses; `options.subgraph` is the one to run. For several, as signatures name
  // them: a calibrator for each, and their statistics merged.
  static Result<std::unique_ptr<Calibrator>> Create(std::shared_ptr<const Model> model,
                                                    const PlanOptions& options);
  ~Calibrator();
  Calibrator(const Calibrator&) = delete;
  Calibrator& operator=(const Calibrator&) = delete;

  // For setting inputs.
  Interpreter& interpreter() { return *interpreter_; }
  // Runs the model on the inputs as they stand, and observes.
  Status Step();
  // Of all steps so far.
  const CalibrationStats& stats() const { return stats_; }
  uint64_t samples() const { return convergence().samples; }
  // Whether the last steps still changed ranges.
  const Convergence& convergence() const { return convergence_.convergence(); }

 private:
  class Watcher;

  Calibrator();

  std::unique_ptr<Interpreter> interpreter_;
  CalibrationStats stats_;
  ConvergenceTracker convergence_;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace octolite
