#include "common/verify/unit_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "common/verify/body_diff.h"
#include "common/verify/checkpoints.h"
#include "common/verify/sealed_rows.h"
#include "common/verify/shown_root.h"

namespace lianfang::verify {
namespace {

constexpr char kPositions[] = "follow_positions";
constexpr char kCosignatures[] = "cosignatures";
// Entries between two reports of progress.
constexpr int64_t kAdvance = 200;

std::string ShownIndex(const store::IndexValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  return ShownName(std::get<std::string>(value));
}

store::IndexValue IndexIn(const sql::Row& row, const sql::Table& table, int column) {
  if (table.columns[static_cast<size_t>(column)].type == sql::ColumnType::kInt) {
    return row.Int(column);
  }
  return std::string(row.Data(column));
}

Words NotReplayed(bool derived) {
  return derived ? Words{"与由账本重新推导的不符", "is not what the ledgers lead to"}
                 : Words{"与账本所记的不符", "is not what the ledger says"};
}

// `follow:{service}:{sequence}`, as followers name the requests of what they decide.
bool SplitFollowed(absl::string_view request_id, std::string* upstream, int64_t* sequence) {
  const std::vector<absl::string_view> parts = absl::StrSplit(request_id, ':');
  if (parts.size() != 3 || parts[0] != "follow" || !absl::SimpleAtoi(parts[2], sequence)) {
    return false;
  }
  *upstream = std::string(parts[1]);
  return true;
}

}  // namespace

UnitCheck::UnitCheck(sql::Snapshot& snapshot, const std::vector<ServiceTables>& services,
                     const Options& options, const KnownCheckpoints& known, std::string unit_id,
                     Findings* findings, Result* result)
    : snapshot_(snapshot),
      options_(options),
      known_(known),
      unit_id_(std::move(unit_id)),
      findings_(findings),
      result_(result) {
  states_.resize(services.size());
  for (size_t i = 0; i < services.size(); ++i) {
    State& state = states_[i];
    state.service = &services[i];
    state.replay = std::make_unique<Replay>(&services[i].kinds, unit_id_);
    state.derived = std::make_unique<DerivedRows>(unit_id_);
    if (services[i].recount) state.recount = services[i].recount(unit_id_);
  }
}

UnitCheck::State* UnitCheck::Find(absl::string_view service) {
  for (State& state : states_) {
    if (state.service->module->name == service) return &state;
  }
  return nullptr;
}

Finding UnitCheck::Of(const State& state, absl::string_view table, absl::string_view key) const {
  Finding finding;
  finding.service = state.service->module->name;
  finding.table = std::string(table);
  finding.unit_id = unit_id_;
  finding.key = std::string(key);
  return finding;
}

absl::Status UnitCheck::Run() {
  for (State& state : states_) {
    LF_RETURN_IF_ERROR(ReadStored(state, kPositions, &state.positions));
    LF_RETURN_IF_ERROR(ReadStored(state, kCosignatures, &state.cosignatures));
    state.present = !state.cosignatures.empty();
  }
  for (State& state : states_) LF_RETURN_IF_ERROR(ReadLedger(&state));
  for (State& state : states_) LF_RETURN_IF_ERROR(Compare(&state));
  for (State& state : states_) {
    LF_ASSIGN_OR_RETURN(const auto head, ReadHead(state));
    state.present |= head.has_value() || state.ledger->size() > 0 || !state.positions.empty();
    if (state.present) state.ledger->Finish(head);
  }
  for (State& state : states_) {
    CheckFigures(state);
    CheckPositions(&state);
    for (const auto& [witness, one] : state.cosignatures) {
      CheckCosignature(one, Of(state, kCosignatures, witness),
                       {.ledger = state.ledger.get(),
                        .options = options_,
                        .findings = findings_,
                        .result = result_});
    }
    CheckKnown(state);
    Summarize(state);
  }
  return absl::OkStatus();
}

// Rows of a table that hold a message beside a number, by id; none when the service has no such
// table.
template <class Stored>
absl::Status UnitCheck::ReadStored(const State& state, const std::string& name,
                                   std::map<std::string, Stored>* rows) {
  const sql::Table* table = state.service->Find(name);
  if (table == nullptr) return absl::OkStatus();
  const int id = ColumnOf(*table, "id");
  const int sequence = ColumnOf(*table, "sequence");
  const int body = ColumnOf(*table, "body");
  if (id < 0 || sequence < 0 || body < 0) return absl::OkStatus();
  return snapshot_.ReadOf(state.service->place, *table, unit_id_, [&](const sql::Row& row) {
    ++result_->rows;
    Stored& stored = (*rows)[std::string(row.Data(id))];
    stored.column = row.Int(sequence);
    stored.body = std::string(row.Data(body));
    stored.readable = stored.says.ParseFromString(stored.body);
    return absl::OkStatus();
  });
}

absl::Status UnitCheck::ReadLedger(State* state) {
  const std::string& name = state->service->module->name;
  std::set<int64_t> sizes;
  for (const State& other : states_) {
    const auto position = other.positions.find(name);
    if (position == other.positions.end()) continue;
    sizes.insert(position->second.says.sequence());
    sizes.insert(position->second.says.checkpoint_size());
  }
  for (const auto& [witness, one] : state->cosignatures) sizes.insert(one.says.size());
  if (const auto known = known_.find({unit_id_, name}); known != known_.end()) {
    for (const std::string& note : known->second) {
      const auto read = ReadSigned(note, OriginOf(note), options_);
      if (read.ok()) sizes.insert(static_cast<int64_t>(read->checkpoint.size));
    }
  }
  state->ledger = std::make_unique<LedgerCheck>(name, unit_id_, std::move(sizes), findings_);
  const sql::Table* table = state->service->Find("ledger_entries");
  if (table == nullptr) return absl::OkStatus();
  const int columns[] = {ColumnOf(*table, "sequence"), ColumnOf(*table, "request_id"),
                         ColumnOf(*table, "header"),   ColumnOf(*table, "hashes"),
                         ColumnOf(*table, "content"),  ColumnOf(*table, "erasure")};
  if (std::any_of(std::begin(columns), std::end(columns), [](int at) { return at < 0; })) {
    return absl::OkStatus();
  }
  int64_t unreported = 0;
  LF_RETURN_IF_ERROR(snapshot_.ReadOf(
      state->service->place, *table, unit_id_, [&](const sql::Row& row) -> absl::Status {
        ++result_->rows;
        ++result_->entries;
        state->present = true;
        if (++unreported == kAdvance && options_.advance) {
          options_.advance(unreported, 0);
          unreported = 0;
        }
        const auto entry = state->ledger->Take({.sequence = row.Int(columns[0]),
                                                .request_id = row.Data(columns[1]),
                                                .header = row.Data(columns[2]),
                                                .hashes = row.Data(columns[3]),
                                                .content = row.Data(columns[4]),
                                                .erasure = row.Data(columns[5])});
        std::string upstream;
        int64_t sequence = 0;
        if (SplitFollowed(row.Data(columns[1]), &upstream, &sequence)) {
          int64_t& newest = state->followed[upstream];
          newest = std::max(newest, sequence);
        }
        if (!entry) return absl::OkStatus();
        const absl::Status replayed = state->replay->Take(*entry);
        if (!replayed.ok()) {
          Finding finding = Of(*state, "ledger_entries", absl::StrCat(row.Int(columns[0])));
          finding.field = "content";
          finding.sequence = entry->header.sequence();
          finding.ledger = name;
          finding.problem = {"其中的记录无法解读", "holds a record that cannot be read"};
          Add(std::move(finding));
        }
        Derive(*state, *entry);
        return absl::OkStatus();
      }));
  if (options_.advance && unreported > 0) options_.advance(unreported, 0);
  for (const auto& erasure : state->ledger->erasures()) erased_.insert(erasure.record());
  return absl::OkStatus();
}

void UnitCheck::Derive(const State& from, const CheckedEntry& entry) {
  const std::string& name = from.service->module->name;
  for (State& state : states_) {
    const bool own = &state == &from;
    for (const server::Derivation& derivation : state.service->module->derivations) {
      if (derivation.service != name || !derivation.derive) continue;
      const auto position = state.positions.find(name);
      if (!own && (position == state.positions.end() ||
                   entry.header.sequence() > position->second.says.sequence())) {
        continue;
      }
      if (state.recount) state.recount->Take(entry);
      const absl::Status derived = state.derived->Apply(derivation, entry);
      if (derived.ok()) continue;
      Finding finding = Of(from, "ledger_entries", absl::StrCat(entry.header.sequence()));
      finding.field = "content";
      finding.sequence = entry.header.sequence();
      finding.ledger = name;
      finding.problem = {
          absl::StrCat("服务 ", state.service->module->name, " 无法据此推导"),
          absl::StrCat("nothing can be derived of it by ", state.service->module->name)};
      Add(std::move(finding));
    }
  }
}

absl::StatusOr<std::optional<HeadRow>> UnitCheck::ReadHead(const State& state) {
  std::optional<HeadRow> head;
  const sql::Table* table = state.service->Find("ledger_heads");
  if (table == nullptr) return head;
  const int size = ColumnOf(*table, "size");
  const int frontier = ColumnOf(*table, "frontier");
  const int writes = ColumnOf(*table, "writes");
  if (size < 0 || frontier < 0 || writes < 0) return head;
  LF_RETURN_IF_ERROR(
      snapshot_.ReadOf(state.service->place, *table, unit_id_, [&](const sql::Row& row) {
        ++result_->rows;
        head = {row.Int(size), std::string(row.Data(frontier)), row.Int(writes)};
        return absl::OkStatus();
      }));
  return head;
}

absl::Status UnitCheck::Compare(State* state) {
  LF_RETURN_IF_ERROR(CompareSealed(state));
  for (const auto* kind : state->service->kinds) {
    LF_RETURN_IF_ERROR(CompareTable(state, *kind, std::move(state->replay->RowsOf(*kind)), false));
  }
  const auto& derivations = state->service->module->derivations;
  for (const server::Derivation& derivation : derivations) {
    if (derivation.derive && Find(derivation.service) == nullptr) {
      state->unread.insert(derivation.service);
    }
  }
  for (const auto* kind : state->service->module->derived) {
    LF_RETURN_IF_ERROR(CompareTable(state, *kind, state->derived->Take(*kind), true));
  }
  return absl::OkStatus();
}

absl::Status UnitCheck::CompareSealed(State* state) {
  for (const server::Sealed& sealed : state->service->module->sealed) {
    const sql::Table* table = state->service->Find(sealed.rows->table());
    if (table == nullptr) continue;
    const int64_t before = result_->rows;
    LF_RETURN_IF_ERROR(SealedRows(sealed, state->replay->RowsOf(*sealed.record))
                           .Compare(snapshot_, state->service->place, *table, unit_id_,
                                    Of(*state, sealed.rows->table(), ""), findings_,
                                    &result_->rows));
    state->present |= result_->rows > before;
  }
  return absl::OkStatus();
}

bool UnitCheck::RestsOnErased(absl::string_view id, const std::string& body) const {
  // Kept of a record in the course of its life, e.g. how often it was handed in, and named after
  // it.
  const std::string name = absl::StrCat(UnitName(unit_id_), "/", id);
  return erased_.contains(name) && absl::StrContains(body, name);
}

absl::Status UnitCheck::CompareTable(State* state, const store::RecordKind& kind,
                                     ExpectedRows expected, bool derived) {
  const sql::Table* table = state->service->Find(kind.table());
  if (table == nullptr) return absl::OkStatus();
  const int id_at = ColumnOf(*table, "id");
  const int sequence_at = ColumnOf(*table, "sequence");
  const int body_at = ColumnOf(*table, "body");
  std::vector<int> index_at;
  for (const std::string& column : kind.columns()) index_at.push_back(ColumnOf(*table, column));
  index_at.push_back(std::min({id_at, sequence_at, body_at}));
  if (*std::min_element(index_at.begin(), index_at.end()) < 0) return absl::OkStatus();
  bool unread = false;  // rows that rest on a ledger that is not at hand
  const auto one = [&](const sql::Row& row) {
    ++result_->rows;
    state->present = true;
    const std::string id(row.Data(id_at));
    const std::string body(row.Data(body_at));
    if (state->recount && state->recount->table() == kind.table()) state->figures[id] = body;
    if (derived && !state->unread.empty()) {
      unread = true;
      return absl::OkStatus();
    }
    Finding finding = Of(*state, kind.table(), id);
    const auto report = [&](std::string field, std::string stored, std::string right, Words why) {
      if (derived) state->derived_differ = true;
      finding.field = std::move(field);
      finding.stored = std::move(stored);
      finding.expected = std::move(right);
      finding.problem = std::move(why);
      Add(finding);
    };
    auto it = expected.find(id);
    // An empty message is the same as no row, for what is derived.
    const ExpectedRow none = {.sequence = 0, .body = "", .index = {}, .entry = 0, .ledger = ""};
    const bool empty = it == expected.end() && derived && body.empty();
    if (it == expected.end() && !empty) {
      report("", absl::StrCat("sequence ", row.Int(sequence_at), ", ", Shown(body)), "",
             derived
                 ? Words{"多出的行：账本推导不出它", "an additional row: no ledger leads to it"}
                 : Words{"多出的行：账本中没有它", "an additional row: it is not on the ledger"});
      return absl::OkStatus();
    }
    const ExpectedRow& right = empty ? none : it->second;
    finding.sequence = right.entry;
    finding.ledger = right.ledger;
    if (row.Int(sequence_at) != right.sequence) {
      report("sequence", absl::StrCat(row.Int(sequence_at)), absl::StrCat(right.sequence),
             NotReplayed(derived));
    }
    const bool other = body != right.body;
    if (other && derived && RestsOnErased(id, body) && RestsOnErased(id, right.body)) {
      ++result_->on_erased;
      expected.erase(it);
      return absl::OkStatus();
    }
    if (other) {
      const BodyDifference difference = FirstDifference(kind.type(), body, right.body);
      report(absl::StrCat("body.", difference.path), difference.stored, difference.expected,
             NotReplayed(derived));
    }
    for (size_t i = 0; i < kind.columns().size(); ++i) {
      const bool number =
          table->columns[static_cast<size_t>(index_at[i])].type == sql::ColumnType::kInt;
      const store::IndexValue default_value =
          number ? store::IndexValue(int64_t{0}) : store::IndexValue(std::string());
      const store::IndexValue& wanted = empty ? default_value : right.index[i];
      const store::IndexValue stored = IndexIn(row, *table, index_at[i]);
      if (stored == wanted) continue;
      report(kind.columns()[i], ShownIndex(stored), ShownIndex(wanted), NotReplayed(derived));
    }
    if (!empty) expected.erase(it);
    return absl::OkStatus();
  };
  LF_RETURN_IF_ERROR(snapshot_.ReadOf(state->service->place, *table, unit_id_, one));
  if (unread) {
    Finding finding = Of(*state, kind.table(), "");
    finding.problem = {
        absl::StrCat("未核验：手头没有 ", *state->unread.begin(), " 的数据库，无法重新推导"),
        absl::StrCat("not verified: it rests on the ledger of ", *state->unread.begin(),
                     ", whose database is not at hand")};
    Add(std::move(finding));
    return absl::OkStatus();
  }
  for (const auto& [id, right] : expected) {
    if (derived && (right.body.empty() || !state->unread.empty())) continue;
    if (derived) state->derived_differ = true;
    Finding finding = Of(*state, kind.table(), id);
    finding.sequence = right.entry;
    finding.ledger = right.ledger;
    finding.expected = absl::StrCat("sequence ", right.sequence, ", ", Shown(right.body));
    finding.problem = {"行缺失", "the row is missing"};
    Add(std::move(finding));
  }
  return absl::OkStatus();
}

void UnitCheck::CheckFigures(const State& state) {
  if (!state.recount || !state.unread.empty()) return;
  for (Miscount& miscount : state.recount->Compare(state.figures)) {
    Finding finding = Of(state, state.recount->table(), miscount.key);
    finding.field = std::move(miscount.field);
    finding.stored = std::move(miscount.stored);
    finding.expected = std::move(miscount.expected);
    finding.problem = {"与从头重新统计的不符", "is not what a recount of the records gives"};
    Add(std::move(finding));
  }
}

void UnitCheck::CheckPositions(State* state) {
  std::set<std::string> followed;
  for (const server::Derivation& derivation : state->service->module->derivations) {
    const std::string& upstream = derivation.service;
    if (upstream == state->service->module->name) continue;
    followed.insert(upstream);
    const auto position = state->positions.find(upstream);
    const State* of = Find(upstream);
    const int64_t size = of == nullptr ? 0 : of->ledger->size();
    const int64_t at = position == state->positions.end() ? 0 : position->second.says.sequence();
    const int64_t decided = state->followed[upstream];
    Finding finding = Of(*state, kPositions, upstream);
    finding.ledger = upstream;
    finding.sequence = std::max(decided, at);
    if (at < decided) {
      finding.field = position == state->positions.end() ? "" : "body.sequence";
      finding.stored = absl::StrCat(at);
      finding.expected = absl::StrCat(">= ", decided);
      finding.problem = {"自身账本中已有跟随到更后条目的结果",
                         "own entries come from later ones of that ledger"};
      Add(finding);
    } else if (position == state->positions.end() && state->derived_differ && derivation.derive &&
               size > 0) {
      finding.problem = {"行缺失，而由该账本推导的数据还在",
                         "the row is missing, though rows that the ledger led to are there"};
      Add(finding);
    } else if (at < size && state->present) {
      result_->behind.push_back(
          {absl::StrCat(state->service->module->name, " 对单位 ", unit_id_, " 跟随 ", upstream,
                        " 到第 ", at, " 条，共 ", size, " 条"),
           absl::StrCat(state->service->module->name, " has followed ", upstream, " of unit ",
                        unit_id_, " to entry ", at, " of ", size)});
    }
  }
  const auto of_ledger = [&](const std::string& upstream) {
    const State* of = Find(upstream);
    return of == nullptr ? nullptr : of->ledger.get();
  };
  for (const auto& [upstream, position] : state->positions) {
    if (!followed.contains(upstream)) {
      Finding finding = Of(*state, kPositions, upstream);
      finding.problem = {"多出的行：本服务不跟随它",
                         "an additional row: this service does not follow that one"};
      Add(std::move(finding));
      continue;
    }
    CheckPosition(position, Of(*state, kPositions, upstream),
                  {.ledger = of_ledger(upstream),
                   .options = options_,
                   .findings = findings_,
                   .result = result_});
  }
}

void UnitCheck::CheckKnown(const State& state) {
  const std::string& name = state.service->module->name;
  const auto known = known_.find({unit_id_, name});
  if (known == known_.end()) return;
  for (const std::string& note : known->second) {
    Finding finding = Of(state, "ledger_heads", "");
    finding.field = "(known checkpoint)";
    finding.ledger = name;
    const auto read = ReadSigned(note, OriginOf(note), options_);
    if (!read.ok() || read->signature == ReadCheckpoint::Signature::kBad) {
      finding.stored = Shown(note);
      finding.problem = {"已知检查点不是该账本的密钥所签",
                         "the known checkpoint is not signed by the ledger's key"};
      Add(std::move(finding));
      continue;
    }
    const auto size = static_cast<int64_t>(read->checkpoint.size);
    finding.sequence = size;
    finding.expected = absl::StrCat(size, ":", ShownRoot(read->checkpoint.root));
    const auto at = state.ledger->at().find(size);
    for (const std::string& witness : WitnessesOf(note)) {
      const auto kept = state.cosignatures.find(witness);
      if (kept != state.cosignatures.end() && kept->second.says.size() >= size) continue;
      Finding lost = Of(state, kCosignatures, witness);
      lost.expected = absl::StrCat(">= ", size);
      lost.problem = {"见证人的签名缺失，或比已知的旧",
                      "the witness's signature is missing, or older than the known one"};
      Add(std::move(lost));
    }
    if (at != state.ledger->at().end() && at->second.Root() == read->checkpoint.root) continue;
    if (at != state.ledger->at().end()) {
      finding.stored = absl::StrCat(size, ":", ShownRoot(at->second.Root()));
      finding.problem = {"账本不是从已知检查点增长而来：此前的条目被改写过",
                         "the ledger has not grown from the known checkpoint: entries up to it "
                         "were rewritten"};
    } else {
      finding.stored = absl::StrCat(state.ledger->size());
      finding.problem = {"账本比已知检查点短，或中间有缺失",
                         "the ledger is shorter than the known checkpoint, or has gaps"};
    }
    Add(std::move(finding));
  }
}

void UnitCheck::Summarize(const State& state) {
  if (state.ledger->size() == 0) return;
  LedgerResult& ledger = result_->ledgers.emplace_back();
  ledger.service = state.service->module->name;
  ledger.unit_id = unit_id_;
  ledger.size = state.ledger->size();
  ledger.root = state.ledger->root();
  const auto known = known_.find({unit_id_, ledger.service});
  if (known != known_.end()) ledger.known = static_cast<int64_t>(known->second.size());
}

}  // namespace lianfang::verify
