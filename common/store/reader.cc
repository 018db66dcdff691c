#include "common/store/reader.h"

#include "absl/strings/str_cat.h"

namespace lianfang::store {

sql::Param ToParam(const IndexValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return sql::Param::Int(*number);
  return sql::Param::Text(std::get<std::string>(value));
}

std::string Query::Key() const {
  std::string key = absl::StrCat(limit, "/", after.size(), "/", after);
  const auto add = [&key](char sign, absl::string_view column, const IndexValue& value) {
    absl::StrAppend(&key, "/", column, absl::string_view(&sign, 1));
    if (const auto* number = std::get_if<int64_t>(&value)) {
      absl::StrAppend(&key, "#", *number);
    } else {
      const auto& text = std::get<std::string>(value);
      absl::StrAppend(&key, text.size(), "/", text);
    }
  };
  for (const auto& [column, value] : equal) add('=', column, value);
  for (const auto& [column, value] : not_equal) add('!', column, value);
  return key;
}

absl::Status NotFound(absl::string_view name) {
  return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                      absl::StrCat("没有 ", name, "。"), absl::StrCat("There is no ", name, "."))
      .Meta("resource", name);
}

absl::Status CorruptRecord(const RecordKind& kind, absl::string_view id) {
  return absl::DataLossError(absl::StrCat(kind.table(), "/", id, " cannot be read"));
}

absl::StatusOr<std::optional<std::string>> ConnectionReader::FindBody(const RecordKind& kind,
                                                                      absl::string_view unit_id,
                                                                      absl::string_view id) {
  std::optional<std::string> body;
  LF_RETURN_IF_ERROR(connection_->Query(
      absl::StrCat("SELECT body FROM ", kind.table(), " WHERE unit_id = ? AND id = ?"),
      {sql::Param::Text(unit_id), sql::Param::Text(id)}, [&](const sql::Row& row) {
        body = std::string(row.Data(0));
        return absl::OkStatus();
      }));
  return body;
}

absl::Status ConnectionReader::Scan(
    const RecordKind& kind, absl::string_view unit_id, const Query& query,
    absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> record) {
  std::string sql =
      absl::StrCat("SELECT id, body FROM ", kind.table(), " WHERE unit_id = ? AND id > ?");
  std::vector<sql::Param> params = {sql::Param::Text(unit_id), sql::Param::Text(query.after)};
  for (const auto& [column, value] : query.equal) {
    absl::StrAppend(&sql, " AND ", column, " = ?");
    params.push_back(ToParam(value));
  }
  for (const auto& [column, value] : query.not_equal) {
    absl::StrAppend(&sql, " AND ", column, " <> ?");
    params.push_back(ToParam(value));
  }
  absl::StrAppend(&sql, " ORDER BY id LIMIT ?");
  params.push_back(sql::Param::Int(query.limit));
  return connection_->Query(sql, params,
                            [&](const sql::Row& row) { return record(row.Data(0), row.Data(1)); });
}

absl::StatusOr<int64_t> ConnectionReader::LedgerSize(absl::string_view unit_id) {
  int64_t size = 0;
  LF_RETURN_IF_ERROR(connection_->Query("SELECT size FROM ledger_heads WHERE unit_id = ?",
                                        {sql::Param::Text(unit_id)}, [&](const sql::Row& row) {
                                          size = row.Int(0);
                                          return absl::OkStatus();
                                        }));
  return size;
}

}  // namespace lianfang::store
