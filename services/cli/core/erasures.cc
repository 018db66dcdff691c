#include "services/cli/core/erasures.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {

Table ErasuresTable(const google::protobuf::RepeatedPtrField<ledger::v1::Erasure>& erasures,
                    Lang lang) {
  const bool zh = lang == Lang::kZh;
  Table table({{zh ? "日期" : "date"},
               {zh ? "记录" : "record"},
               {zh ? "条目内容" : "contents", Align::kRight},
               {zh ? "字段" : "fields", Align::kRight},
               {zh ? "办理人" : "by"},
               {zh ? "理由" : "reason"}});
  for (const ledger::v1::Erasure& erasure : erasures) {
    table.AddRow({DayOf(erasure.create_time()), erasure.record(),
                  absl::StrCat(erasure.contents_size()), absl::StrCat(erasure.fields_size()),
                  erasure.actor(), erasure.reason()});
  }
  return table;
}

}  // namespace lianfang::cli
