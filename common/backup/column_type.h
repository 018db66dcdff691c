// What a database's column is called in the file of a backup.
#pragma once

#include "common/sql/tables.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

inline internal::v1::BackupType TypeInFile(sql::ColumnType type) {
  switch (type) {
    case sql::ColumnType::kInt:
      return internal::v1::BACKUP_TYPE_INT;
    case sql::ColumnType::kText:
      return internal::v1::BACKUP_TYPE_TEXT;
    case sql::ColumnType::kBytes:
      return internal::v1::BACKUP_TYPE_BYTES;
  }
  return internal::v1::BACKUP_TYPE_UNSPECIFIED;
}

}  // namespace lianfang::backup
