#include "services/reporting/domain/statistics.h"

#include <algorithm>

namespace lianfang::reporting {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::RepeatedPtrField;

// Every bucket message has its enum in field 1 and its count in field 2.
constexpr int kValue = 1;
constexpr int kCount = 2;

int ValueOf(const Message& bucket) {
  return bucket.GetReflection()->GetEnumValue(bucket,
                                              bucket.GetDescriptor()->FindFieldByNumber(kValue));
}

int64_t CountOf(const Message& bucket) {
  return bucket.GetReflection()->GetInt64(bucket,
                                          bucket.GetDescriptor()->FindFieldByNumber(kCount));
}

void SetBucket(Message* bucket, int value, int64_t count) {
  const auto* type = bucket->GetDescriptor();
  bucket->GetReflection()->SetEnumValue(bucket, type->FindFieldByNumber(kValue), value);
  bucket->GetReflection()->SetInt64(bucket, type->FindFieldByNumber(kCount), count);
}

// Adds to the bucket of `value`, made where it belongs when it is not there.
void AddToBucket(Message* message, const FieldDescriptor* field, int value, int64_t delta,
                 bool keep_zero) {
  const auto* reflection = message->GetReflection();
  const int size = reflection->FieldSize(*message, field);
  const auto value_at = [&](int i) {
    return ValueOf(reflection->GetRepeatedMessage(*message, field, i));
  };
  int at = 0;
  while (at < size && value_at(at) < value) ++at;
  if (at == size || value_at(at) != value) {
    if (delta == 0 && !keep_zero) return;
    SetBucket(reflection->AddMessage(message, field), value, delta);
    for (int i = size; i > at; --i) reflection->SwapElements(message, field, i, i - 1);
    return;
  }
  Message* bucket = reflection->MutableRepeatedMessage(message, field, at);
  const int64_t count = CountOf(*bucket) + delta;
  if (count != 0 || keep_zero) {
    SetBucket(bucket, value, count);
    return;
  }
  for (int i = at; i + 1 < size; ++i) reflection->SwapElements(message, field, i, i + 1);
  reflection->RemoveLast(message, field);
}

bool CountsUnspecified(const FieldDescriptor* field) {
  return field->name() == "risk_points_by_level" || field->name() == "posts_by_level" ||
         field->name() == "risk_points_by_topic";
}

}  // namespace

void Add(v1::Statistics* to, const v1::Statistics& delta, int sign) {
  const auto* type = v1::Statistics::descriptor();
  const auto* reflection = delta.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->is_repeated()) {
      const int64_t change = sign * reflection->GetInt64(delta, field);
      if (change != 0) reflection->SetInt64(to, field, reflection->GetInt64(*to, field) + change);
      continue;
    }
    for (int j = 0; j < reflection->FieldSize(delta, field); ++j) {
      const Message& bucket = reflection->GetRepeatedMessage(delta, field, j);
      AddToBucket(to, field, ValueOf(bucket), sign * CountOf(bucket), /*keep_zero=*/false);
    }
  }
}

v1::Statistics Complete(const v1::Statistics& counts) {
  v1::Statistics complete = counts;
  const auto* type = v1::Statistics::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->is_repeated()) continue;
    const auto* values = field->message_type()->FindFieldByNumber(kValue)->enum_type();
    for (int j = 0; j < values->value_count(); ++j) {
      const int value = values->value(j)->number();
      if (value == 0 && !CountsUnspecified(field)) continue;
      AddToBucket(&complete, field, value, 0, /*keep_zero=*/true);
    }
  }
  return complete;
}

common::v1::RiskLevel HighestLevel(const RepeatedPtrField<v1::LevelCount>& levels) {
  // The number is the grade: 1 is the highest, 0 is no level.
  common::v1::RiskLevel highest = common::v1::RISK_LEVEL_UNSPECIFIED;
  for (const v1::LevelCount& level : levels) {
    if (level.count() <= 0 || level.level() == common::v1::RISK_LEVEL_UNSPECIFIED) continue;
    if (highest == common::v1::RISK_LEVEL_UNSPECIFIED || level.level() < highest) {
      highest = level.level();
    }
  }
  return highest;
}

}  // namespace lianfang::reporting
