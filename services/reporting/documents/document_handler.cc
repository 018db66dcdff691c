#include "services/reporting/documents/document_handler.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/access/place.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/document/write.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/document.pb.h"
#include "services/reporting/documents/collect.h"
#include "services/reporting/documents/domain/build.h"
#include "services/reporting/documents/domain/whose_document.h"
#include "services/reporting/documents/issued.h"

namespace lianfang::reporting::documents {
namespace {

constexpr char kDocumentService[] = "lianfang.reporting.v1.DocumentService";
constexpr size_t kChunk = 64 << 10;
// How often facts are read again because a ledger grew meanwhile.
constexpr int kRounds = 10;

// What the calls need; lives as long as the server.
struct Environment {
  rpc::Service* service = nullptr;
  rpc::ReadPool* reads = nullptr;
  const policy::Policies* policies = nullptr;
  std::map<std::string, client::Client*> upstreams;
  std::function<void(std::function<void()>)> background;
  // What a file lacks: event, number of the document, how many.
  std::function<void(const char*, absl::string_view, int)> note;
};

// 人事 3、风险 5: a state as it stands on paper.
std::string PositionsText(
    const google::protobuf::RepeatedPtrField<common::v1::LedgerPosition>& positions) {
  static const auto* names = new std::map<std::string, const char*>{
      {"personnel", "人事"}, {"risk", "风险"}, {"grading", "评定"}, {"reporting", "报表"}};
  return absl::StrJoin(positions, "、", [](std::string* out, const auto& position) {
    const auto name = names->find(position.service());
    absl::StrAppend(out, name == names->end() ? position.service() : name->second, " ",
                    position.sequence());
  });
}

// One document in the making: waits for the ledgers, reads, builds, numbers, renders. One step runs
// at a time, each handing on to the next; the stream asks from another thread.
class DocumentCall final : public std::enable_shared_from_this<DocumentCall> {
 public:
  DocumentCall(const Environment& environment, rpc::CallContext call,
               v1::RenderDocumentRequest request, const KindInfo* kind, Scope scope,
               document::Format format, rpc::Waker waker)
      : environment_(environment),
        call_(std::move(call)),
        request_(std::move(request)),
        kind_(kind),
        scope_(std::move(scope)),
        format_(format),
        waker_(std::move(waker)) {
    for (const auto& [name, upstream] : environment_.service->upstreams) {
      upstream_names_.push_back(name);
    }
  }

  void Start() {
    std::vector<std::pair<std::string, int64_t>> waits = EverythingNow();
    for (const auto& position : request_.not_before()) {
      if (environment_.service->upstreams.contains(position.service())) {
        waits.emplace_back(position.service(), position.sequence());
      }
    }
    Await(std::make_shared<const Waits>(std::move(waits)), 0, &DocumentCall::ReadBefore);
  }

  // The next message, as StreamSource wants it.
  rpc::StreamSource::Step Next(v1::RenderDocumentResponse* message, absl::Status* result) {
    const std::lock_guard lock(mutex_);
    if (!finished_) return rpc::StreamSource::Step::kWait;
    if (!outcome_.ok()) {
      *result = outcome_;
      return rpc::StreamSource::Step::kDone;
    }
    if (!head_sent_) {
      *message->mutable_head() = head_;
      head_sent_ = true;
      return rpc::StreamSource::Step::kMessage;
    }
    if (sent_ < bytes_.size()) {
      const size_t size = std::min(kChunk, bytes_.size() - sent_);
      message->set_data(bytes_.substr(sent_, size));
      sent_ += size;
      return rpc::StreamSource::Step::kMessage;
    }
    *result = absl::OkStatus();
    return rpc::StreamSource::Step::kDone;
  }

 private:
  using Waits = std::vector<std::pair<std::string, int64_t>>;
  using StepFn = void (DocumentCall::*)();

  Waits EverythingNow() const {
    Waits waits;
    for (const std::string& name : upstream_names_) waits.emplace_back(name, 0);
    return waits;
  }

  void Await(const std::shared_ptr<const Waits>& waits, size_t next, StepFn then) {
    if (next == waits->size()) {
      (this->*then)();
      return;
    }
    const auto& [name, sequence] = (*waits)[next];
    environment_.service->upstreams.at(name)->Await(
        call_.unit_id, sequence, call_.deadline,
        [self = shared_from_this(), waits, next, then](const absl::Status& status) {
          if (status.ok()) {
            self->Await(waits, next + 1, then);
          } else {
            self->Finish(status);
          }
        });
  }

  // Runs in a thread of the read pool with a reader; an error ends the call.
  void Read(std::function<absl::Status(store::Reader&)> read, StepFn then) {
    environment_.reads->Submit(
        auth::ShareOf(call_.identity.get()), call_.deadline,
        [self = shared_from_this(), read = std::move(read), then](absl::Status status) {
          if (status.ok()) status = self->Borrowed(read);
          if (status.ok()) {
            (self.get()->*then)();
          } else {
            self->Finish(status);
          }
        });
  }

  absl::Status Borrowed(const std::function<absl::Status(store::Reader&)>& read) {
    LF_ASSIGN_OR_RETURN(auto connection, environment_.service->readers->Borrow());
    store::ConnectionReader reader(&*connection);
    return read(reader);
  }

  absl::StatusOr<Positions> Here(store::Reader& reader) const {
    return ReadPositions(reader, call_.unit_id, upstream_names_, environment_.service->name);
  }

  void ReadBefore() {
    facts_ = Facts();
    facts_.kind = kind_;
    facts_.scope = scope_;
    facts_.year = request_.year();
    facts_.draft = request_.draft();
    Read(
        [this](store::Reader& reader) -> absl::Status {
          LF_ASSIGN_OR_RETURN(positions_, Here(reader));
          LF_ASSIGN_OR_RETURN(
              place_, access::PlaceOf(reader, call_.unit_id, call_.identity->subject, call_.now));
          return ReadOwn(call_, reader, *environment_.policies, &facts_);
        },
        &DocumentCall::AskUpstreams);
  }

  void AskUpstreams() {
    environment_.background([self = shared_from_this()] {
      const absl::Status status =
          ReadUpstreams(self->environment_.upstreams, self->call_.unit_id, self->positions_,
                        self->call_.deadline, &self->facts_);
      if (!status.ok()) {
        self->Finish(status);
        return;
      }
      // Whatever was read is not newer than this.
      self->Await(std::make_shared<const Waits>(self->EverythingNow()), 0,
                  &DocumentCall::CompareAfter);
    });
  }

  void CompareAfter() {
    Read(
        [this](store::Reader& reader) -> absl::Status {
          LF_ASSIGN_OR_RETURN(const Positions after, Here(reader));
          settled_ = after == positions_;
          return absl::OkStatus();
        },
        &DocumentCall::BuildOrAgain);
  }

  void BuildOrAgain() {
    if (!settled_) {
      if (++rounds_ < kRounds && absl::Now() < call_.deadline) {
        ReadBefore();
      } else {
        Finish(rpc::NotCaughtUp());
      }
      return;
    }
    environment_.background([self = shared_from_this()] { self->BuildNow(); });
  }

  void BuildNow() {
    const Question whose = WhoseDocument(facts_);
    const absl::Status may = access::Check(*call_.identity, place_, whose.action, whose.facts);
    if (!may.ok()) {
      Finish(may);
      return;
    }
    auto built = Build(facts_);
    if (!built.ok()) {
      Finish(built.status());
      return;
    }
    document_ = *std::move(built);
    if (!document::Shows(document_, format_)) {
      Finish(FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "format",
                        "图片格式每次只出一幅图或一块牌；汇编请用 PDF。",
                        "A picture shows one chart or one sign; ask for a PDF of a volume."));
      return;
    }
    issued_.set_kind(kind_->kind);
    issued_.set_scope(scope_.name);
    issued_.set_year(facts_.year);
    issued_.set_title(kind_->title);
    issued_.set_digest(crypto::ToBytes(crypto::Sha256(document::ContentBytes(document_))));
    for (const auto& [service, sequence] : positions_) {
      auto* position = issued_.add_positions();
      position->set_unit(UnitName(call_.unit_id));
      position->set_service(service);
      position->set_sequence(sequence);
    }
    if (facts_.draft) {
      RenderNow();
      return;
    }
    Number();
  }

  void Number() {
    store::Mutation mutation;
    mutation.unit_id = call_.unit_id;
    // Like a report: issued for what the ledgers say, whoever asks.
    mutation.actor = std::make_shared<const auth::Identity>(
        auth::Identity{.subject = absl::StrCat("services/", environment_.service->name)});
    mutation.method = call_.method->full_name;
    mutation.request_digest = crypto::Sha256(issued_.SerializeAsString());
    mutation.deadline = call_.deadline;
    mutation.apply = [self = shared_from_this()](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(self->recorded_, Issue(tx, self->issued_));
      return absl::OkStatus();
    };
    mutation.done = [self = shared_from_this()](const absl::StatusOr<store::Committed>& outcome) {
      if (!outcome.ok()) {
        self->Finish(outcome.status());
        return;
      }
      self->environment_.background([self] {
        self->issued_ = self->recorded_;
        self->RenderNow();
      });
    };
    environment_.service->writer->Submit(std::move(mutation));
  }

  void RenderNow() {
    document_.number = issued_.number();
    document_.digest = issued_.short_digest();
    document_.positions = PositionsText(issued_.positions());
    document_.created = issued_.create_time().seconds();
    auto file = document::Write(document_, format_);
    if (!file.ok()) {
      Finish(file.status());
      return;
    }
    if (file->unknown_glyphs > 0) {
      environment_.note("document_glyphs_missing", issued_.number(), file->unknown_glyphs);
    }
    if (file->overflows > 0) {
      environment_.note("document_overflows", issued_.number(), file->overflows);
    }
    head_.set_file_name(FileName());
    head_.set_media_type(MediaTypeOf(format_));
    head_.set_size(static_cast<int64_t>(file->bytes.size()));
    head_.set_pages(file->pages);
    if (!facts_.draft) *head_.mutable_issued() = issued_;
    bytes_ = std::move(file->bytes);
    Finish(absl::OkStatus());
  }

  std::string FileName() const {
    const std::string whose = scope_.type == ScopeType::kUnit ? "" : OwnerName(facts_, scope_.name);
    return absl::StrCat(kind_->annex, *kind_->annex == '\0' ? "" : "-", kind_->title,
                        whose.empty() ? "" : "-", whose, "-", facts_.year,
                        facts_.draft ? "-草稿" : "", ExtensionOf(format_));
  }

  void Finish(absl::Status outcome) {
    {
      const std::lock_guard lock(mutex_);
      outcome_ = std::move(outcome);
      finished_ = true;
    }
    waker_();
  }

  const Environment& environment_;
  const rpc::CallContext call_;
  const v1::RenderDocumentRequest request_;
  const KindInfo* kind_;
  const Scope scope_;
  const document::Format format_;
  const rpc::Waker waker_;
  std::vector<std::string> upstream_names_;
  Positions positions_;
  access::Place place_;
  Facts facts_;
  bool settled_ = false;
  int rounds_ = 0;
  document::Document document_;
  v1::IssuedDocument issued_;
  v1::IssuedDocument recorded_;

  std::mutex mutex_;
  bool finished_ = false;  // under mutex_, like what follows once it is set
  absl::Status outcome_;
  v1::DocumentHead head_;
  std::string bytes_;
  bool head_sent_ = false;
  size_t sent_ = 0;
};

class DocumentSource final : public rpc::StreamSource {
 public:
  explicit DocumentSource(std::shared_ptr<DocumentCall> call) : call_(std::move(call)) {}
  Step Next(google::protobuf::Message* message, absl::Status* result) override {
    return call_->Next(static_cast<v1::RenderDocumentResponse*>(message), result);
  }

 private:
  std::shared_ptr<DocumentCall> call_;
};

absl::StatusOr<std::shared_ptr<rpc::StreamSource>> Render(const Environment& environment,
                                                          const rpc::CallContext& call,
                                                          const v1::RenderDocumentRequest& request,
                                                          rpc::Waker waker) {
  const KindInfo* kind = InfoOf(request.kind());
  if (kind == nullptr) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "kind", "没有这种文书。",
                      "There is no such kind of document.");
  }
  LF_ASSIGN_OR_RETURN(Scope scope, ParseScope(*kind, call.unit_id, request.scope()));
  LF_ASSIGN_OR_RETURN(const document::Format format, FormatOf(*kind, request.format()));
  auto made = std::make_shared<DocumentCall>(environment, call, request, kind, std::move(scope),
                                             format, std::move(waker));
  made->Start();
  return std::make_shared<DocumentSource>(std::move(made));
}

}  // namespace

void RegisterDocuments(server::ModuleContext& context) {
  rpc::Registry& registry = context.registry();
  auto environment = std::make_shared<Environment>(Environment{
      .service = &context.service(),
      .reads = registry.environment().reads,
      .policies = &context.policies(),
      .upstreams = {},
      .background =
          [&context](std::function<void()> job) { context.RunInBackground(std::move(job)); },
      .note =
          [](const char* event, absl::string_view number, int count) {
            obs::Log(obs::Level::kWarning, event,
                     {{"document", std::string(number)}, {"count", absl::StrCat(count)}});
          }});
  for (const char* upstream : {"personnel", "risk", "grading"}) {
    environment->upstreams[upstream] = &context.Upstream(upstream);
  }
  registry.ServerStream<v1::RenderDocumentRequest, v1::RenderDocumentResponse>(
      kDocumentService, "RenderDocument",
      [environment](const rpc::CallContext& call, const v1::RenderDocumentRequest& request,
                    rpc::Waker waker) {
        return Render(*environment, call, request, std::move(waker));
      });
  registry.Read<v1::GetIssuedDocumentRequest, v1::GetIssuedDocumentResponse>(
      kDocumentService, "GetIssuedDocument", context.service(), GetIssued);
  registry.Read<v1::ListIssuedDocumentsRequest, v1::ListIssuedDocumentsResponse>(
      kDocumentService, "ListIssuedDocuments", context.service(), ListIssued);
}

}  // namespace lianfang::reporting::documents
