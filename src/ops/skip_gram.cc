#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/common/elements.h"
#include "ops/common/strings.h"

namespace octolite {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// As TFLite splits: of a text that begins with white space, what follows up to the next is lost.
std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  for (size_t i = 1; i < text.size(); ++i) {
    if (!IsSpace(text[i])) continue;
    if (i > begin && !IsSpace(text[begin])) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

struct SkipGramOptions {
  size_t size = 1;  // words of a gram
  size_t most_skipped = 0;
  bool all_sizes = false;  // grams of fewer words too
};

// Goes through the choices of words in order, of which no two neighbours have more than
// `most_skipped` words between them, in TFLite's order.
Status MakeGrams(const SkipGramOptions& options, std::span<const std::string_view> words,
                 std::vector<std::string>& grams) {
  if (words.size() < options.size) return Status::Ok();
  // Their number grows exponentially: more than this is no text.
  constexpr int64_t kMostSteps = int64_t{1} << 22;
  constexpr size_t kMostBytes = size_t{1} << 28;
  size_t bytes = 0;
  // The first `depth` are chosen; the next is the last one tried.
  std::vector<size_t> chosen(options.size, 0);
  size_t depth = 1;
  const auto can_step = [&] {
    return depth < options.size && chosen[depth] + 1 < words.size() &&
           (depth == 0 || chosen[depth] - chosen[depth - 1] <= options.most_skipped);
  };
  for (int64_t step = 0; step < kMostSteps && bytes < kMostBytes; ++step) {
    if (can_step()) {
      ++chosen[depth++];
      if (depth < options.size) chosen[depth] = chosen[depth - 1];
      continue;
    }
    if (depth == options.size || (options.all_sizes && depth > 0)) {
      std::string gram(words[chosen[0]]);
      for (size_t i = 1; i < depth; ++i) (gram += ' ') += words[chosen[i]];
      bytes += gram.size();
      grams.push_back(std::move(gram));
    }
    if (depth == 0) return Status::Ok();
    --depth;
  }
  return Status(StatusCode::kOutOfMemory, "makes too many skip grams");
}

// One text in, a list of word sequences out.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(0), DataType::kString));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kString));
  if (ctx.input(0).shape.num_elements() < 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is no text");
  }
  const int64_t size = ctx.options().Int("ngram_size", 0);
  const int64_t most_skipped = ctx.options().Int("max_skip_size", 0);
  if (size < 1 || most_skipped < 0) {
    return ctx.Error(StatusCode::kInvalidModel, "makes grams of " + std::to_string(size) +
                                                    " words, " + std::to_string(most_skipped) +
                                                    " skipped");
  }
  const SkipGramOptions options = {static_cast<size_t>(size), static_cast<size_t>(most_skipped),
                                   ctx.options().Bool("include_all_ngrams", false)};
  ctx.SetOutputDynamic(0);
  return MakeKernel([options](EvalContext& eval) -> Status {
    const RuntimeTensor& input = eval.input_tensor(0);
    const std::span<const uint8_t> bytes(input.data, input.bytes);
    OCTO_RETURN_IF_ERROR(CheckStrings(bytes, input.shape.num_elements()));
    std::vector<std::string> grams;
    OCTO_RETURN_IF_ERROR(MakeGrams(options, SplitWords(StringAt(bytes, 0)), grams));
    return WriteStrings(
        eval, 0, {static_cast<int32_t>(grams.size())},
        [&](int64_t i) -> std::string_view { return grams[static_cast<size_t>(i)]; });
  });
}

}  // namespace

extern const OpDef kSkipGramOp = {.op = BuiltinOp::kSkipGram, .prepare = Prepare};

}  // namespace octolite
