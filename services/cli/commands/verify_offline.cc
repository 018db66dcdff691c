#include "services/cli/commands/verify_offline.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/backup/key_files.h"
#include "common/ledger/cosignature.h"
#include "common/ledger/key_handover.h"
#include "common/server/ledger_key.h"
#include "common/server/run_main.h"
#include "common/server/server.h"
#include "common/server/storage.h"
#include "common/status/error.h"
#include "common/verify/checkpoints.h"
#include "common/verify/verify.h"
#include "google/protobuf/struct.pb.h"
#include "services/cli/commands/modules.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"
#include "services/cli/core/installation.h"
#include "services/reporting/recount_check.h"

namespace lianfang::cli {
namespace {

constexpr size_t kMaxKnownBytes = size_t{16} << 20;
constexpr size_t kMostFindings = 1000;

// The databases that are there, and whose they are.
struct Installation {
  std::vector<server::ModuleSpec> modules;
  std::vector<std::unique_ptr<sql::Database>> databases;
  std::vector<verify::Source> sources;
};

absl::StatusOr<std::vector<config::v1::ServerConfig>> Configs(const Arguments& arguments) {
  std::vector<config::v1::ServerConfig> configs;
  for (const std::string& folder : arguments.All("data")) {
    configs.emplace_back().set_data_dir(folder);
  }
  for (const std::string& file : arguments.All("config")) {
    config::v1::ServerConfig& config = configs.emplace_back();
    config.set_data_dir("./data");
    const absl::Status read = server::ReadConfig(file, &config);
    if (!read.ok()) return UsageError(ChineseText(read), read.message());
  }
  return configs;
}

// The keys before, by which older checkpoints are signed, and how each was handed over.
absl::Status ReadHandovers(const config::v1::ServerConfig& config, verify::Options* options) {
  std::vector<std::string>& handovers = options->handovers.emplace_back();
  const std::string path = server::HandoversPath(server::LedgerKeyPath(config));
  if (!FileExists(path)) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxKeysFileBytes));
  const auto notes = ledger::SplitHandovers(text);
  if (!notes.ok()) {
    return VerificationError(absl::StrCat(path, " 中的密钥移交记录已损坏。"),
                             absl::StrCat("The hand-overs in ", path, " are damaged."));
  }
  handovers = *notes;
  for (const std::string& note : handovers) {
    const auto handover = ledger::OpenKeyHandover(note);
    if (!handover.ok()) {
      return VerificationError(
          absl::StrCat(path, " 中的密钥移交记录不是由前后两把密钥签署的。"),
          absl::StrCat("A hand-over in ", path, " is not signed by both of its keys."));
    }
    options->ledger_keys.push_back(handover->from);
  }
  return absl::OkStatus();
}

absl::Status Open(const std::vector<config::v1::ServerConfig>& configs, Installation* installation,
                  verify::Options* options) {
  installation->modules = AllModules();
  for (const server::ModuleSpec& module : installation->modules) {
    for (const config::v1::ServerConfig& config : configs) {
      LF_ASSIGN_OR_RETURN(auto database, server::OpenExistingStorage(config, module.name));
      if (database == nullptr) continue;
      if (!installation->sources.empty() && installation->sources.back().module == &module) {
        return UsageError(
            absl::StrCat("服务 ", module.name, " 的数据库在所给的数据文件夹中不止一个。"),
            absl::StrCat("More than one of the data folders has a database of ", module.name, "."));
      }
      installation->sources.push_back({&module, database.get(), {}});
      if (module.name == "reporting") {
        installation->sources.back().recount = reporting::NewRecount;
      }
      installation->databases.push_back(std::move(database));
    }
  }
  if (installation->sources.empty()) {
    return Failure("所给位置没有任何服务的数据库。",
                   "There is no service's database at the places given.");
  }
  for (const config::v1::ServerConfig& config : configs) {
    const auto key = crypto::Ed25519PublicKey::FromBytes(backup::LedgerPublicKey(config));
    if (!key.ok()) continue;
    options->ledger_keys.push_back(*key);
    LF_RETURN_IF_ERROR(ReadHandovers(config, options));
  }
  return absl::OkStatus();
}

absl::Status ReadFiles(const Arguments& arguments, verify::Options* options) {
  if (arguments.Has("keys-file")) {
    LF_ASSIGN_OR_RETURN(const std::string text,
                        ReadFile(arguments.Get("keys-file"), kMaxKeysFileBytes));
    for (const absl::string_view line :
         absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace())) {
      const absl::string_view key = absl::StripAsciiWhitespace(line);
      auto witness = ledger::WitnessKey::Parse(key);
      if (witness.ok()) {
        options->witnesses.push_back(*std::move(witness));
        continue;
      }
      auto verifier = ledger::NoteVerifier::Parse(key);
      if (!verifier.ok()) {
        return UsageError("--keys-file 中有一行不是公钥。",
                          "A line of --keys-file is no verifier key.");
      }
      options->verifiers.push_back(*std::move(verifier));
    }
  }
  for (const std::string& file : arguments.All("known")) {
    LF_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxKnownBytes));
    const auto notes = verify::SplitNotes(text);
    if (!notes.ok()) {
      return UsageError(absl::StrCat(file, " 不是由签名检查点组成的文件。"),
                        absl::StrCat(file, " does not consist of signed checkpoints."));
    }
    options->known.insert(options->known.end(), notes->begin(), notes->end());
  }
  return absl::OkStatus();
}

const std::string& Of(const Session& session, const verify::Words& words) {
  return session.zh() ? words.zh : words.en;
}

std::string Line(const Session& session, const verify::Finding& finding) {
  const bool zh = session.zh();
  std::string line = absl::StrCat(finding.service, " ", finding.table);
  const bool both = !finding.unit_id.empty() && !finding.key.empty();
  if (!finding.unit_id.empty() || !finding.key.empty()) {
    absl::StrAppend(&line, " [", verify::ShownName(finding.unit_id), both ? " " : "",
                    finding.key.empty() ? "" : verify::ShownName(finding.key), "]");
  }
  if (!finding.field.empty()) absl::StrAppend(&line, " ", finding.field);
  if (finding.sequence != 0) {
    absl::StrAppend(
        &line, " ",
        zh ? absl::StrCat("账本 ", finding.ledger, " 第 ", finding.sequence, " 条")
           : absl::StrCat("(ledger ", finding.ledger, ", entry ", finding.sequence, ")"));
  }
  absl::StrAppend(&line, zh ? "：" : ": ", Of(session, finding.problem));
  if (!finding.stored.empty()) {
    absl::StrAppend(&line, zh ? "；现存 " : "; stored ", finding.stored);
  }
  if (!finding.expected.empty()) {
    absl::StrAppend(&line, zh ? "，应为 " : ", should be ", finding.expected);
  }
  return line;
}

google::protobuf::Struct Document(const Session& session, const verify::Result& result) {
  google::protobuf::Struct document;
  auto& fields = *document.mutable_fields();
  const auto number = [](auto& into, const char* name, int64_t value) {
    into[name].set_number_value(static_cast<double>(value));
  };
  fields["ok"].set_bool_value(result.count == 0);
  number(fields, "differences", result.count);
  number(fields, "tables", result.tables);
  number(fields, "rows", result.rows);
  number(fields, "entries", result.entries);
  number(fields, "restOnErased", result.on_erased);
  number(fields, "unsignedCheckpoints", result.unsigned_checkpoints);
  auto* findings = fields["findings"].mutable_list_value();
  for (const verify::Finding& finding : result.findings) {
    auto& one = *findings->add_values()->mutable_struct_value()->mutable_fields();
    one["service"].set_string_value(finding.service);
    one["table"].set_string_value(finding.table);
    one["unit"].set_string_value(finding.unit_id.empty() ? "" : verify::ShownName(finding.unit_id));
    one["key"].set_string_value(finding.key.empty() ? "" : verify::ShownName(finding.key));
    one["field"].set_string_value(finding.field);
    one["ledger"].set_string_value(finding.ledger);
    number(one, "sequence", finding.sequence);
    one["stored"].set_string_value(finding.stored);
    one["expected"].set_string_value(finding.expected);
    one["problem"].set_string_value(Of(session, finding.problem));
  }
  auto* ledgers = fields["ledgers"].mutable_list_value();
  for (const verify::LedgerResult& ledger : result.ledgers) {
    auto& one = *ledgers->add_values()->mutable_struct_value()->mutable_fields();
    one["service"].set_string_value(ledger.service);
    one["unit"].set_string_value(ledger.unit_id);
    number(one, "size", ledger.size);
    one["root"].set_string_value(ledger.root);
    number(one, "knownCheckpoints", ledger.known);
  }
  auto* behind = fields["behind"].mutable_list_value();
  for (const verify::Words& words : result.behind) {
    behind->add_values()->set_string_value(Of(session, words));
  }
  return document;
}

void Report(const Session& session, const verify::Result& result, bool known) {
  Table table({{session.zh() ? "单位" : "unit"},
               {session.zh() ? "账本" : "ledger"},
               {session.zh() ? "条目" : "entries", Align::kRight},
               {session.zh() ? "重算的根" : "root, recomputed"}});
  for (const verify::LedgerResult& ledger : result.ledgers) {
    table.AddRow({ledger.unit_id, ledger.service, absl::StrCat(ledger.size), ledger.root});
  }
  session.Print(table);
  for (const verify::Finding& finding : result.findings) {
    session.Write(absl::StrCat(Line(session, finding), "\n"));
  }
  const auto kept = static_cast<int64_t>(result.findings.size());
  if (result.count > kept) {
    session.Say(absl::StrCat("……另有 ", result.count - kept, " 处未列出"),
                absl::StrCat("… and ", result.count - kept, " more"));
  }
  session.Say(absl::StrCat("已核验 ", result.tables, " 张表、", result.rows, " 行、",
                           result.entries, " 条账本条目：",
                           result.count == 0 ? "全部一致" : absl::StrCat(result.count, " 处不符")),
              absl::StrCat("verified ", result.tables, " tables, ", result.rows, " rows, ",
                           result.entries, " ledger entries: ",
                           result.count == 0 ? "nothing differs"
                                             : absl::StrCat(result.count, " differences")));
  for (const verify::Words& words : result.behind) session.Note(words.zh, words.en);
  if (result.on_erased > 0) {
    session.Note(
        absl::StrCat("注意：有 ", result.on_erased, " 行依据已依法删除的内容，无法重新推导。"),
        absl::StrCat("Note: ", result.on_erased,
                     " rows rest on contents that were erased and cannot be made again."));
  }
  if (result.unsigned_checkpoints > 0) {
    session.Note(absl::StrCat("注意：有 ", result.unsigned_checkpoints,
                              " 个存储的检查点，手头没有其公钥（--keys-file），未核对签名。"),
                 absl::StrCat("Note: of ", result.unsigned_checkpoints,
                              " stored checkpoints no key is at hand (--keys-file); their "
                              "signatures were not checked."));
  }
  if (!known) {
    session.Note(
        "注意：未给 "
        "--known。连同账本一起整体改写的数据，只有用存放在别处的签名检查点（如上级所存）才能发现。",
        "Note: without --known. A rewrite of everything, ledgers included, shows only against "
        "signed checkpoints that are kept elsewhere, such as the district's.");
  }
}

}  // namespace

absl::Status VerifyOffline(Session& session) {
  LF_ASSIGN_OR_RETURN(const auto configs, Configs(session.arguments()));
  verify::Options options;
  options.most_findings = kMostFindings;
  Installation installation;
  LF_RETURN_IF_ERROR(ReadFiles(session.arguments(), &options));
  const absl::Status opened = Open(configs, &installation, &options);
  if (!opened.ok()) return EndOf(opened);
  std::unique_ptr<Progress> progress;
  int64_t total = 0;
  options.advance = [&](int64_t entries, int64_t more) {
    total += more;
    if (entries == 0) return;
    if (progress == nullptr) {
      progress = session.StartProgress("核验（条目）", "verify (entries)", total);
    }
    progress->Advance(entries);
  };
  const auto result = verify::Verify(installation.sources, options);
  if (!result.ok()) return EndOf(result.status());
  if (progress != nullptr) progress->Finish(session.zh() ? "完成" : "done");
  if (session.json()) {
    LF_RETURN_IF_ERROR(session.PrintJson(Document(session, *result)));
  } else {
    Report(session, *result, !options.known.empty());
  }
  if (result->count == 0) return absl::OkStatus();
  return VerificationError(absl::StrCat("与账本不符之处共 ", result->count, " 处。"),
                           absl::StrCat(result->count, " things differ from the ledgers."));
}

}  // namespace lianfang::cli
