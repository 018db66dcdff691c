// The file by itself: what comes back, and what is noticed.
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/backup/file_reader.h"
#include "common/backup/file_writer.h"
#include "common/crypto/random.h"
#include "common/testing/test_server.h"

namespace lianfang::backup {
namespace {

using internal::v1::BackupPart;
using testing::FailsWith;
using testing::IsOk;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void Put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class BackupFile : public ::testing::Test {
 protected:
  static std::vector<BackupPart> Parts() {
    std::vector<BackupPart> parts(5);
    auto* header = parts[0].mutable_header();
    header->set_format(kFormat);
    header->set_version(kFormatVersion);
    header->set_id("ab12");
    header->set_program_version("0.1.0");
    header->add_services()->set_service("risk");
    auto* table = parts[1].mutable_table();
    table->set_service("risk");
    table->set_table("measures");
    for (const auto& [name, type] : {std::pair("id", internal::v1::BACKUP_TYPE_TEXT),
                                     std::pair("number", internal::v1::BACKUP_TYPE_INT),
                                     std::pair("body", internal::v1::BACKUP_TYPE_BYTES)}) {
      table->add_columns()->set_name(name);
      table->mutable_columns()->rbegin()->set_type(type);
    }
    std::string every_byte;
    for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
    for (const int64_t number : {int64_t{0}, INT64_MIN, INT64_MAX}) {
      auto* row = parts[2].mutable_rows()->add_rows();
      row->add_values()->set_data("a");
      row->add_values()->set_number(number);
      row->add_values()->set_data(every_byte);
    }
    // Empty is not NULL.
    auto* row = parts[3].mutable_rows()->add_rows();
    row->add_values()->set_data("");
    row->add_values();
    // Hardly packs.
    std::string large(300'000, '\0');
    crypto::DeterministicRandom random(1);
    EXPECT_THAT(random.Fill({reinterpret_cast<uint8_t*>(large.data()), large.size()}), IsOk());
    row->add_values()->set_data(large);
    parts[4].mutable_keys()->set_token_key("secret");
    return parts;
  }

  static internal::v1::BackupEnd End() {
    internal::v1::BackupEnd end;
    auto* count = end.add_counts();
    count->set_service("risk");
    count->set_table("measures");
    count->set_rows(4);
    return end;
  }

  absl::Status Write(const std::vector<BackupPart>& parts,
                     const internal::v1::BackupEnd& end = End()) {
    auto writer = FileWriter::Create(path_);
    LF_RETURN_IF_ERROR(writer.status());
    for (const BackupPart& part : parts) LF_RETURN_IF_ERROR((*writer)->Write(part));
    return (*writer)->Finish(end);
  }

  absl::Status ReadAll(std::vector<BackupPart>* parts = nullptr) {
    auto reader = FileReader::Open(path_);
    LF_RETURN_IF_ERROR(reader.status());
    return Rest(**reader, parts);
  }

  static absl::Status Rest(FileReader& reader, std::vector<BackupPart>* parts = nullptr) {
    BackupPart part;
    while (true) {
      LF_ASSIGN_OR_RETURN(const bool more, reader.Next(&part));
      if (!more) return absl::OkStatus();
      if (parts != nullptr) parts->push_back(part);
    }
  }

  testing::TempFolder folder_;
  const std::string path_ = folder_.path() + "/x.lfbackup";
};

TEST_F(BackupFile, ComesBackAsItWasWritten) {
  const std::vector<BackupPart> parts = Parts();
  ASSERT_THAT(Write(parts), IsOk());
  std::vector<BackupPart> read;
  auto reader = FileReader::Open(path_);
  ASSERT_THAT(reader, IsOk());
  // Twice, as a restore does.
  for (int round = 0; round < 2; ++round) {
    read.clear();
    ASSERT_THAT(Rest(**reader, &read), IsOk());
    EXPECT_EQ((*reader)->position(), (*reader)->size());
    ASSERT_EQ(read.size(), parts.size() + 1);
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(read[i].SerializeAsString(), parts[i].SerializeAsString()) << i;
    }
    EXPECT_EQ(read.back().end().counts(0).rows(), 4);
    ASSERT_THAT((*reader)->Rewind(), IsOk());
  }
}

TEST_F(BackupFile, OnlyItsOwnerReadsItAndGzipKnowsIt) {
  ASSERT_THAT(Write(Parts()), IsOk());
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(std::system(("gzip -t - < '" + path_ + "'").c_str()), 0);
}

TEST_F(BackupFile, AFileThatIsThereStays) {
  Put(path_, "yesterday's");
  EXPECT_THAT(Write(Parts()), FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_EQ(Contents(path_), "yesterday's");
}

TEST_F(BackupFile, NoNameBeforeItIsWhole) {
  {
    auto writer = FileWriter::Create(path_);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Write(Parts()[0]), IsOk());
    EXPECT_FALSE(std::filesystem::exists(path_));
    // Nobody else writes the same one meanwhile.
    EXPECT_THAT(FileWriter::Create(path_), FailsWith(common::v1::ERROR_REASON_STILL_IN_USE));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  // What one left that was killed is in nobody's way.
  Put(path_ + ".partial", "a beginning");
  ASSERT_THAT(Write(Parts()), IsOk());
  EXPECT_THAT(ReadAll(), IsOk());
}

TEST_F(BackupFile, AFolderThatIsNotThereIsNamed) {
  const auto writer = FileWriter::Create(folder_.path() + "/no/such/folder");
  EXPECT_THAT(writer, FailsWith(common::v1::ERROR_REASON_STORAGE_FULL));
  EXPECT_THAT(std::string(writer.status().message()), ::testing::HasSubstr("/no/such/folder"));
}

TEST_F(BackupFile, CutAnywhereItIsRefused) {
  ASSERT_THAT(Write(Parts()), IsOk());
  const std::string whole = Contents(path_);
  ASSERT_GT(whole.size(), 100U);
  for (size_t size = 0; size < whole.size(); size += size < 64 ? 1 : whole.size() / 97 + 1) {
    Put(path_, whole.substr(0, size));
    EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM)) << size;
  }
  Put(path_, whole.substr(0, whole.size() - 1));
  EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM));
  Put(path_, whole + "x");
  EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM));
  Put(path_, whole + whole);
  EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM));
}

TEST_F(BackupFile, AFlippedBitIsNoticedWhereItMatters) {
  const std::vector<BackupPart> parts = Parts();
  ASSERT_THAT(Write(parts), IsOk());
  const std::string whole = Contents(path_);
  int refused = 0;
  int same = 0;
  for (size_t at = 0; at < whole.size(); at += at < 512 ? 1 : whole.size() / 61 + 1) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    Put(path_, flipped);
    std::vector<BackupPart> read;
    const absl::Status status = ReadAll(&read);
    if (!status.ok()) {
      // Where the version was hit, the rest cannot be understood.
      EXPECT_THAT(status, ::testing::AnyOf(FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM),
                                           FailsWith(common::v1::ERROR_REASON_INVALID_FIELD)))
          << at;
      ++refused;
      continue;
    }
    // In the time of gzip's header, or in where a run of one byte is repeated from: no data.
    ASSERT_EQ(read.size(), parts.size() + 1) << at;
    for (size_t i = 0; i < parts.size(); ++i) {
      EXPECT_EQ(read[i].SerializeAsString(), parts[i].SerializeAsString()) << at;
    }
    ++same;
  }
  EXPECT_GT(refused, 10 * same);
}

TEST_F(BackupFile, AnotherFormIsNamed) {
  std::vector<BackupPart> parts = Parts();
  parts[0].mutable_header()->set_version(kFormatVersion + 1);
  parts[0].mutable_header()->set_program_version("9.8.7");
  ASSERT_THAT(Write(parts), IsOk());
  const absl::Status status = ReadAll();
  EXPECT_THAT(status, FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("9.8.7"));
}

TEST_F(BackupFile, WhatDoesNotFitTogetherIsRefused) {
  const auto refused = [&](const std::vector<BackupPart>& parts,
                           const internal::v1::BackupEnd& end = End()) {
    ASSERT_THAT(Write(parts, end), IsOk());
    EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM));
    std::filesystem::remove(path_);
  };
  std::vector<BackupPart> parts = Parts();
  refused({parts[1], parts[2]});            // no header
  refused({parts[0], parts[2], parts[3]});  // rows of no table
  refused({parts[0], parts[1], parts[2]});  // fewer rows than counted
  refused({parts[0], parts[0], parts[1], parts[2], parts[3]});
  refused({parts[0], parts[1], parts[1], parts[2], parts[3]});
  refused({parts[0], parts[1], parts[4], parts[2], parts[3]});  // rows after the keys
  refused({parts[0], parts[1], parts[2], parts[3], BackupPart()});
  parts[3].mutable_rows()->mutable_rows(0)->mutable_values()->RemoveLast();
  refused(parts);
  parts = Parts();
  parts[3].mutable_rows()->mutable_rows(0)->mutable_values(1)->set_data("no number");
  refused(parts);
  parts = Parts();
  parts[1].mutable_table()->set_service("grading");  // of no service in the header
  refused(parts);
  Put(path_, "no gzip stream at all");
  EXPECT_THAT(ReadAll(), FailsWith(common::v1::ERROR_REASON_INCOMPLETE_STREAM));
}

}  // namespace
}  // namespace lianfang::backup
