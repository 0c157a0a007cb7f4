#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "support/compare_models.h"
#include "support/reader_property.h"
#include "support/shared_files.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

using testing::CheckReaderProperty;
using testing::FirstDifference;
using testing::ReadFileBytes;
using testing::SharedModelFiles;

// Files among the well-formed ones that LiteRT refuses to load, and so do we.
struct Refused {
  std::string_view file;
  StatusCode code;
};
constexpr Refused kRefused[] = {
    {"quant_testdata_lstm_calibrated2.bin", StatusCode::kInvalidModel},  // dimension -1 in a shape
    {"quant_testdata_lstm_quantized2.bin", StatusCode::kInvalidModel},   // the same
    {"quant_testdata_transpose.bin", StatusCode::kUnsupportedModel},     // version 2 of the format
};

StatusCode ExpectedCode(const std::filesystem::path& path) {
  for (const Refused& refused : kRefused) {
    if (path.filename() == refused.file) return refused.code;
  }
  return StatusCode::kOk;
}

// Every model that we have: reading, writing and reading again gives the same model.
TEST(RoundTripTest, EverySharedModelIsKept) {
  const auto files = SharedModelFiles("models", "malformed");
  if (files.empty()) GTEST_SKIP() << "needs ../shared/models";
  const char* keep =
      std::getenv("OCTOLITE_KEEP_REWRITTEN");  // a folder, to try the files elsewhere
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    Result<Model> model = ReadModel(ReadFileBytes(path));
    EXPECT_EQ(model.status().code(), ExpectedCode(path)) << model.status().ToString();
    if (!model.ok()) continue;
    EXPECT_TRUE(model->unknown_parts.empty()) << model->unknown_parts.front();
    Result<ByteVector> written = WriteModel(*model);
    ASSERT_TRUE(written.ok()) << written.status().ToString();
    if (keep != nullptr) {
      std::ofstream(std::filesystem::path(keep) / path.filename(), std::ios::binary)
          .write(reinterpret_cast<const char*>(written->data()),
                 static_cast<std::streamsize>(written->size()));
    }
    Result<Model> again = ReadModel(std::move(*written));
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    EXPECT_EQ(FirstDifference(*model, *again), "");
  }
}

// Broken, hostile and odd files; those that load are well-formed after all.
TEST(RoundTripTest, MalformedFilesEndInAStatus) {
  const auto files = SharedModelFiles("models/malformed");
  if (files.empty()) GTEST_SKIP() << "needs ../shared/models";
  const std::set<std::string> well_formed = {
      "coral_model_invoking_error.tflite",     // an operator that nobody has
      "tflite_testdata_conv_huge_im2col.bin",  // large at run time only
      "tflite_testdata_empty_model.bin",       // a subgraph of nothing
  };
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    EXPECT_EQ(CheckReaderProperty(ReadFileBytes(path)), "");
    const Result<Model> model = ReadModel(ReadFileBytes(path));
    const bool expected = well_formed.contains(path.filename().string());
    EXPECT_EQ(model.status().code(), expected ? StatusCode::kOk : StatusCode::kInvalidModel)
        << model.status().ToString();
  }
}

}  // namespace
}  // namespace octolite
