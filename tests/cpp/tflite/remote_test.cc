// Models that are read and written without being in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/compare_models.h"
#include "support/memory_file.h"
#include "support/model_builder.h"
#include "support/shared_files.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace octolite {
namespace {

using testing::FirstDifference;
using testing::Localize;
using testing::MemoryFile;
using testing::ModelBuilder;
using testing::ReadAll;
using testing::ReadFileBytes;
using testing::SharedModelFiles;

constexpr size_t kSmall = 64;

Model SmallModel() {
  ModelBuilder builder;
  const int32_t x = builder.AddTensor("x", DataType::kFloat32, {1, 8});
  std::vector<float> weights(8 * 8);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i) * 0.5f;
  const int32_t w = builder.AddConstant<float>("w", {8, 8}, weights);
  const int32_t b = builder.AddConstant<float>("b", {8}, std::vector<float>(8, 1.0f));
  const int32_t v = builder.AddConstant<float>("v", {8, 8}, std::vector<float>(64, 2.0f));
  const int32_t h = builder.AddTensor("h", DataType::kFloat32, {1, 8});
  const int32_t y = builder.AddTensor("y", DataType::kFloat32, {1, 8});
  builder.AddOp(BuiltinOp::kFullyConnected, {x, w, b}, {h});
  builder.AddOp(BuiltinOp::kFullyConnected, {h, v, b}, {y});
  return builder.Inputs({x}).Outputs({y}).Build();
}

size_t RemoteBuffers(const Model& model) {
  size_t count = 0;
  for (const Buffer& buffer : model.buffers) count += buffer.data.is_remote() ? 1 : 0;
  return count;
}

TEST(RemoteTest, LargeDataStaysInTheFile) {
  const Model model = SmallModel();
  const auto file = std::make_shared<MemoryFile>(*WriteModel(model));
  Result<Model> remote = ReadRemoteModel(file, kSmall);
  ASSERT_TRUE(remote.ok()) << remote.status().ToString();
  EXPECT_EQ(RemoteBuffers(*remote), 2u);
  EXPECT_EQ(FirstDifference(Localize(*remote), model), "");
}

// Every file that we have, whoever wrote it: read and written in parts, it is as read and written
// as a whole.
TEST(RemoteTest, EverySharedModelIsTheSameInParts) {
  const auto files = SharedModelFiles("models");
  if (files.empty()) GTEST_SKIP() << "needs ../shared/models";
  size_t in_parts = 0;
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto file = std::make_shared<MemoryFile>(ReadFileBytes(path));
    const Result<Model> whole = ReadModel(file->bytes());
    const Result<Model> remote = ReadRemoteModel(file, kSmall);
    EXPECT_EQ(whole.ok(), remote.ok())
        << whole.status().ToString() << " / " << remote.status().ToString();
    if (!whole.ok() || !remote.ok()) continue;
    in_parts += RemoteBuffers(*remote) > 0 ? 1 : 0;
    ASSERT_EQ(FirstDifference(Localize(*remote), *whole), "");
    const Result<std::shared_ptr<const ByteSource>> laid = LayOutModel(*remote);
    const Result<ByteVector> written = WriteModel(*whole);
    ASSERT_EQ(laid.ok(), written.ok()) << laid.status().ToString();
    if (!laid.ok()) continue;
    Result<Model> again = ReadModel(ReadAll(**laid));
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    ASSERT_EQ(FirstDifference(*again, *ReadModel(*written)), "");
  }
  EXPECT_GT(in_parts, 0u);
}

TEST(RemoteTest, SharedDataIsWrittenOnce) {
  Model model = SmallModel();
  model.buffers[3].data = model.buffers[1].data;  // two buffers, one place
  const auto file = std::make_shared<MemoryFile>(*WriteModel(model));
  Result<Model> remote = ReadRemoteModel(file, kSmall);
  ASSERT_TRUE(remote.ok()) << remote.status().ToString();
  const auto laid = LayOutModel(*remote);
  ASSERT_TRUE(laid.ok());
  EXPECT_LT((*laid)->size(), file->size() + 256);
  EXPECT_EQ(FirstDifference(*ReadModel(ReadAll(**laid)), model), "");
}

// Readers of the format align data from the start of the file.
TEST(RemoteTest, WrittenDataIsAligned) {
  const auto file = std::make_shared<MemoryFile>(*WriteModel(SmallModel()));
  const auto laid = LayOutModel(*ReadRemoteModel(file, kSmall));
  ASSERT_TRUE(laid.ok());
  const auto bytes = std::make_shared<const ByteVector>(ReadAll(**laid));
  const Result<Model> again = ReadModel(bytes);
  ASSERT_TRUE(again.ok());
  for (const Buffer& buffer : again->buffers) {
    if (buffer.data.empty()) continue;
    EXPECT_EQ((buffer.data.data() - bytes->data()) % 16, 0);
  }
}

// An archive behind the flatbuffer moves with it.
TEST(RemoteTest, TheTailComesAlong) {
  Model model = SmallModel();
  model.tail = ByteSlice(ByteVector{'t', 'a', 'i', 'l'});
  const auto file = std::make_shared<MemoryFile>(*WriteModel(model));
  const auto laid = LayOutModel(*ReadRemoteModel(file, kSmall));
  ASSERT_TRUE(laid.ok());
  EXPECT_EQ(FirstDifference(*ReadModel(ReadAll(**laid)), model), "");
}

TEST(RemoteTest, RefusesTwoGigabytesBeforeReading) {
  const auto file = std::make_shared<MemoryFile>(ByteVector());
  file->PretendSize(uint64_t{1} << 31);
  const Result<Model> model = ReadRemoteModel(file);
  EXPECT_EQ(model.status().code(), StatusCode::kUnsupportedModel);
  EXPECT_NE(model.status().hint().find("31 bits"), std::string::npos);
  EXPECT_EQ(file->reads(), 0);
}

TEST(RemoteTest, SaysWhatIsNoModel) {
  const std::string text = "version https://git-lfs and more";
  const auto file = std::make_shared<MemoryFile>(ByteVector(text.begin(), text.end()));
  EXPECT_EQ(ReadRemoteModel(file).status().code(), StatusCode::kInvalidModel);
  EXPECT_EQ(ReadRemoteModel(std::make_shared<MemoryFile>(ByteVector())).status().code(),
            StatusCode::kInvalidModel);
}

TEST(RemoteTest, PassesOnThatAFileCannotBeRead) {
  const auto file = std::make_shared<MemoryFile>(*WriteModel(SmallModel()));
  for (int64_t after = 0; after < 4; ++after) {
    file->FailAfter(after);
    const Result<Model> model = ReadRemoteModel(file, kSmall);
    if (model.ok()) continue;
    EXPECT_EQ(model.status().code(), StatusCode::kInvalidArgument) << after;
  }
}

// Whatever is wrong in a file: what is accepted is accepted as a whole too, with the same weights.
// (A text that damage has made to reach over tables holds other bytes.)
TEST(RemoteTest, DamageIsFoundAsInWholeFiles) {
  const ByteVector good = *WriteModel(SmallModel());
  for (size_t position = 0; position < good.size(); ++position) {
    for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
      ByteVector bad = good;
      bad[position] = static_cast<uint8_t>(bad[position] ^ flip);
      const auto file = std::make_shared<MemoryFile>(bad);
      const Result<Model> remote = ReadRemoteModel(file, kSmall);
      if (!remote.ok()) continue;
      const Result<Model> whole = ReadModel(std::move(bad));
      ASSERT_TRUE(whole.ok()) << position << ": " << whole.status().ToString();
      const Model local = Localize(*remote);
      ASSERT_EQ(local.buffers.size(), whole->buffers.size()) << position;
      for (size_t i = 0; i < local.buffers.size(); ++i) {
        ASSERT_TRUE(
            std::ranges::equal(local.buffers[i].data.bytes(), whole->buffers[i].data.bytes()))
            << position;
      }
    }
  }
  for (size_t size = 0; size < good.size(); ++size) {
    const auto file = std::make_shared<MemoryFile>(
        ByteVector(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    const Result<Model> remote = ReadRemoteModel(file, kSmall);
    if (remote.ok()) EXPECT_TRUE(ReadModel(file->bytes()).ok()) << size;
  }
}

}  // namespace
}  // namespace octolite
