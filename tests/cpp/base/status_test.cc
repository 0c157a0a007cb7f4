#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace octolite {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Status(StatusCode::kInvalidArgument, "odd number");
  return n / 2;
}

Result<int> Quarter(int n) {
  OCTO_ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

Status CheckDivisibleByFour(int n) {
  OCTO_ASSIGN_OR_RETURN([[maybe_unused]] const int quarter, Quarter(n));
  return Status::Ok();
}

Status CheckBoth(int a, int b) {
  OCTO_RETURN_IF_ERROR(CheckDivisibleByFour(a));
  return CheckDivisibleByFour(b);
}

TEST(Status, IsOkByDefault) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status::Ok().code(), StatusCode::kOk);
  EXPECT_EQ(Status::Ok().ToString(), "OK");
}

TEST(Status, SaysWhatWhereAndWhatToDo) {
  Status status(StatusCode::kShapeMismatch, "expected 3 channels");
  status.AtOp(7, "CONV_2D").AtTensor(4, "input").WithHint("resize the input");
  EXPECT_EQ(status.ToString(),
            "SHAPE_MISMATCH: expected 3 channels (operator 7 CONV_2D, tensor 4 'input'); "
            "resize the input");
}

TEST(Status, TheInnermostPlaceIsKept) {
  Status status(StatusCode::kInvalidModel, "bad");
  status.AtOp(1, "ADD").AtOp(2, "MUL").AtByte(16).AtByte(32);
  EXPECT_EQ(status.where().op, 1);
  EXPECT_EQ(status.where().op_name, "ADD");
  EXPECT_EQ(status.where().byte_offset, 16);
}

TEST(Result, MacrosPassTheFirstErrorOn) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status().code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(CheckBoth(4, 8).ok());
  EXPECT_EQ(CheckBoth(4, 9).message(), "odd number");
  EXPECT_EQ(CheckBoth(3, 8).message(), "odd number");
}

TEST(Result, HoldsValuesThatOnlyMove) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  ASSERT_TRUE(result.ok());
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

}  // namespace
}  // namespace octolite
