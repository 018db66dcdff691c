// The records of the risk service as tables.
#pragma once

#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::risk {

const store::RecordKind& SelfCheckKind();
// Revisions are below their form: `units/u/selfChecks/s/revisions/{n}` has the id `s/{n}` with the
// number in ten digits, so that a form's revisions stand together, oldest first.
const store::RecordKind& SelfCheckRevisionKind();
const store::RecordKind& RiskPointKind();
const store::RecordKind& MeasureKind();
const store::RecordKind& PowerKind();
const store::RecordKind& WorkflowKind();
const store::RecordKind& VolumeKind();
const store::RecordKind& SubmissionKind();
const store::RecordKind& FeedbackKind();

// All of them.
std::span<const store::RecordKind* const> Kinds();

// Id of the revision with this resource name; empty for other names.
std::string RevisionId(absl::string_view name);

// Migrations that make the tables; their component is `risk`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::risk
