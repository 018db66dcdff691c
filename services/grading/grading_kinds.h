// The records of this service as tables.
#pragma once

#include <span>

#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::grading {

// On the ledger.
const store::RecordKind& GradeKind();
const store::RecordKind& ReviewKind();

// Copies from risk's ledger, without the texts that people wrote: this service needs states and
// factors, not what somebody says of himself.
const store::RecordKind& SelfCheckKind();
const store::RecordKind& RiskPointKind();

// Migrations that make the tables; their component is `grading`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::grading
