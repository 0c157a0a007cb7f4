#include "runtime/plan_cache.h"

namespace octolite {
namespace {

bool SameOptions(const PlanOptions& a, const PlanOptions& b) {
  return a.subgraph == b.subgraph && a.arithmetic == b.arithmetic &&
         a.input_shapes == b.input_shapes && a.keep_all_tensors == b.keep_all_tensors &&
         a.observed == b.observed && a.memory_limit == b.memory_limit;
}

}  // namespace

Result<std::shared_ptr<const Plan>> PlanCache::Get(const PlanOptions& options) {
  if (!options.custom_ops.empty()) return Plan::Compile(model_, options);
  std::erase_if(plans_, [](const auto& plan) { return plan.expired(); });
  for (const std::weak_ptr<const Plan>& held : plans_) {
    if (std::shared_ptr<const Plan> plan = held.lock()) {
      if (SameOptions(plan->options(), options)) return plan;
    }
  }
  OCTO_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, Plan::Compile(model_, options));
  plans_.push_back(plan);
  return plan;
}

}  // namespace octolite
