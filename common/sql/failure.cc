#include "common/sql/failure.h"

#include <utility>

#include "absl/strings/cord.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

constexpr char kPayload[] = "lianfang/storage-failure";

struct Word {
  Failure failure;
  absl::string_view word;
};
constexpr Word kWords[] = {
    {Failure::kRetry, "retry"},
    {Failure::kLost, "lost"},
    {Failure::kUnavailable, "unavailable"},
    {Failure::kDuplicate, "duplicate"},
    {Failure::kExists, "exists"},
    {Failure::kData, "data"},
    {Failure::kFull, "full"},
};

}  // namespace

absl::string_view FailureWord(Failure failure) {
  for (const Word& word : kWords) {
    if (word.failure == failure) return word.word;
  }
  return "none";
}

absl::Status WithFailure(absl::Status status, Failure failure) {
  if (!status.ok()) status.SetPayload(kPayload, absl::Cord(FailureWord(failure)));
  return status;
}

Failure FailureOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload) return Failure::kNone;
  for (const Word& word : kWords) {
    if (*payload == word.word) return word.failure;
  }
  return Failure::kNone;
}

absl::Status StorageFull() {
  return WithFailure(
      ErrorBuilder(common::v1::ERROR_REASON_STORAGE_FULL,
                   "数据盘已满或不可写，本次更改没有保存；腾出空间后请重试。",
                   "The data disk is full or cannot be written; nothing was saved. Free "
                   "space, then try again.")
          .RetryAfter(absl::Seconds(5)),
      Failure::kFull);
}

absl::Status StorageBusy(Failure failure) {
  return WithFailure(ErrorBuilder(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                                  "数据库正忙，请稍后重试。", "The database is busy; try again.")
                         .RetryAfter(absl::Seconds(1)),
                     failure);
}

absl::Status StorageUnavailable(Failure failure) {
  return WithFailure(
      ErrorBuilder(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                   "数据库连接不上或已中断；请用同一请求编号重试。",
                   "The database cannot be reached or the connection was lost; try again with the "
                   "same request id.")
          .RetryAfter(absl::Seconds(1)),
      failure);
}

}  // namespace lianfang::sql
