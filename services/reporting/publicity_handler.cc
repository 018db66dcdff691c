#include "services/reporting/publicity_handler.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/publication_rules.h"
#include "services/reporting/report_rows.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/service_name.h"
#include "services/reporting/unit_check.h"

namespace lianfang::reporting {
namespace {

constexpr char kPublicityService[] = "lianfang.reporting.v1.PublicityService";

enum class Fitness { kUnknown, kNotApproved, kFit };

// Whether a record may be shown, as this service knows it.
absl::StatusOr<Fitness> FitnessOf(store::Reader& reader, const std::string& unit_id,
                                  const std::string& subject) {
  const auto fit = [](bool approved) { return approved ? Fitness::kFit : Fitness::kNotApproved; };
  if (const auto id = IdIn("riskPoints", subject); !id.empty()) {
    LF_ASSIGN_OR_RETURN(const auto point,
                        reader.FindById<state::v1::Point>(PointKind(), unit_id, id));
    // A measure may have told of its risk point before.
    if (!point || point->owner().empty()) return Fitness::kUnknown;
    return fit(point->registered());
  }
  if (const auto id = IdIn("measures", subject); !id.empty()) {
    LF_ASSIGN_OR_RETURN(const auto row,
                        reader.FindById<state::v1::PointMeasure>(PointMeasureKind(), unit_id, id));
    if (!row) return Fitness::kUnknown;
    return fit(row->measure().state() == risk::v1::MEASURE_STATE_FILED ||
               row->measure().state() == risk::v1::MEASURE_STATE_PUBLICISED);
  }
  LF_ASSIGN_OR_RETURN(const auto known,
                      reader.FindById<state::v1::Known>(KnownKind(), unit_id, KnownKey(subject)));
  if (!known || known->name().empty()) return Fitness::kUnknown;
  return fit(known->approved());
}

// Which service keeps a record: the one to catch up with when it is not known yet.
absl::string_view KeeperOf(absl::string_view subject) {
  const bool duty = !IdIn("postDuties", subject).empty() || !IdIn("dutyVolumes", subject).empty();
  return duty ? "personnel" : "risk";
}

absl::Status CheckSubject(store::WriteTx& tx, const std::string& subject, int index) {
  const std::string field = absl::StrCat("publication.subjects[", index, "]");
  LF_ASSIGN_OR_RETURN(const Fitness fitness, FitnessOf(tx, tx.unit_id(), subject));
  switch (fitness) {
    case Fitness::kFit:
      return absl::OkStatus();
    case Fitness::kUnknown:
      return rpc::MaybeBehind(ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND,
                                           absl::StrCat("没有 ", subject, "。"),
                                           absl::StrCat("There is no ", subject, "."))
                                  .Field(field, "不存在。", "does not exist.")
                                  .Meta("resource", subject),
                              KeeperOf(subject));
    default:
      return rpc::MaybeBehind(
          ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                       absl::StrCat(subject, " 还没有审核通过或者已经失效，不能公示。"),
                       absl::StrCat(subject, " is not approved, or no longer in force."))
              .Field(field, "还没有审核通过或者已经失效。",
                     "is not approved, or no longer in force.")
              .Meta("resource", subject),
          KeeperOf(subject));
  }
}

// Counts a publication in the change that writes it: no follower tells of the own ledger.
absl::Status Count(store::WriteTx& tx, const v1::Publication& publication) {
  ReportRows rows(&tx);
  Counters counters(&rows, UnitName(tx.unit_id()));
  LF_RETURN_IF_ERROR(counters.Apply(KnownOf(publication)));
  return rows.Store();
}

absl::Status CreatePublication(store::WriteTx& tx, v1::Publication& publication) {
  const absl::Status unit = CheckUnit(tx, tx.unit_id());
  if (!unit.ok()) return rpc::MaybeBehind(unit, "personnel");
  LF_RETURN_IF_ERROR(Begin(tx.now(), &publication));
  if (!publication.department().empty()) {
    LF_ASSIGN_OR_RETURN(
        const auto department,
        tx.Find<personnel::v1::Department>(directory::DepartmentKind(), publication.department()));
    if (!department) {
      return rpc::MaybeBehind(
          FieldError(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND, "publication.department",
                     "没有这个处室。", "does not exist."),
          "personnel");
    }
  }
  for (int i = 0; i < publication.subjects_size(); ++i) {
    LF_RETURN_IF_ERROR(CheckSubject(tx, publication.subjects(i), i));
  }
  publication.set_publisher(tx.actor().subject);
  return absl::OkStatus();
}

}  // namespace

absl::Status CountPublications(store::WriteTx& tx, const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    v1::Publication publication;
    if (!any.Is<v1::Publication>()) continue;
    if (!any.UnpackTo(&publication)) return absl::DataLossError("a publication cannot be read");
    LF_RETURN_IF_ERROR(Count(tx, publication));
  }
  return absl::OkStatus();
}

void RegisterPublications(rpc::Registry& registry, rpc::Service& service) {
  registry.Write<v1::CreatePublicationRequest, v1::CreatePublicationResponse>(
      kPublicityService, "CreatePublication", service,
      [](store::WriteTx& tx, const v1::CreatePublicationRequest& request) -> absl::Status {
        v1::Publication publication;
        LF_RETURN_IF_ERROR(rpc::PrepareCreate(tx, PublicationKind(), request, &publication));
        LF_RETURN_IF_ERROR(CreatePublication(tx, publication));
        LF_RETURN_IF_ERROR(tx.Put(PublicationKind(), publication));
        return Count(tx, publication);
      });
  rpc::Standard<v1::Publication>(&registry, kPublicityService, &service, &PublicationKind())
      .Get<v1::GetPublicationRequest, v1::GetPublicationResponse>("GetPublication")
      .Verb<v1::ClosePublicationRequest, v1::ClosePublicationResponse>(
          "ClosePublication",
          [](store::WriteTx& tx, const v1::ClosePublicationRequest& request,
             v1::Publication& publication) {
            return Close(request.note(), tx.now(), &publication);
          })
      .Verb<v1::WithdrawPublicationRequest, v1::WithdrawPublicationResponse>(
          "WithdrawPublication",
          [](store::WriteTx& tx, const v1::WithdrawPublicationRequest& request,
             v1::Publication& publication) -> absl::Status {
            LF_RETURN_IF_ERROR(Withdraw(request.reason(), tx.now(), &publication));
            return Count(tx, publication);
          })
      .Verb<v1::AddObjectionRequest, v1::AddObjectionResponse>(
          "AddObjection",
          [](store::WriteTx& tx, const v1::AddObjectionRequest& request,
             v1::Publication& publication) {
            return Object(request.content(), tx.actor().subject, tx.now(), &publication);
          })
      .Verb<v1::HandleObjectionRequest, v1::HandleObjectionResponse>(
          "HandleObjection", [](store::WriteTx& tx, const v1::HandleObjectionRequest& request,
                                v1::Publication& publication) {
            return HandleObjection(request, tx.actor().subject, tx.now(), &publication);
          });
  rpc::Standard<v1::Publication>(&registry, kReportingService, &service, &PublicationKind())
      .List<v1::ListPublicationsRequest, v1::ListPublicationsResponse>(
          "ListPublications",
          [](const rpc::CallContext&, const v1::ListPublicationsRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.kind() != 0) query.equal.emplace_back("kind", int64_t{request.kind()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            return query;
          });
}

}  // namespace lianfang::reporting
