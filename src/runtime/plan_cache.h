#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/model.h"
#include "runtime/plan.h"

namespace octolite {

// The plans of one model that somebody holds, so that interpreters made alike share one: its packed
// weights, folded constants and kernels are there once. Holds no plan itself. Used by one thread.
class PlanCache {
 public:
  explicit PlanCache(std::shared_ptr<const Model> model) : model_(std::move(model)) {}

  // As Plan::Compile, or a plan compiled before for the same options; `parallel` is to be the same
  // in all calls. With custom operators, which may keep something of their own for each
  // interpreter, a plan is never shared.
  Result<std::shared_ptr<const Plan>> Get(const PlanOptions& options);

 private:
  std::shared_ptr<const Model> model_;
  std::vector<std::weak_ptr<const Plan>> plans_;
};

}  // namespace octolite
