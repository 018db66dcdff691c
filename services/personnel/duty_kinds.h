// The records of post duties as tables.
#pragma once

#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::personnel {

const store::RecordKind& PostDutyKind();
// Revisions are below their duty: `units/u/postDuties/d/revisions/{n}` has the id `d/{n}` with the
// number in ten digits, so that a duty's revisions stand together, oldest first.
const store::RecordKind& PostDutyRevisionKind();
const store::RecordKind& DutyVolumeKind();

// All of them.
std::span<const store::RecordKind* const> DutyKinds();

// Id of the revision with this resource name; empty for other names.
std::string DutyRevisionId(absl::string_view name);

// Migrations that make the tables; their component is `personnel`.
std::span<const EmbeddedFile> DutySchema();

}  // namespace lianfang::personnel
