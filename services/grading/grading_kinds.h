// The records of this service as tables.
#pragma once

#include <span>

#include "common/base/embedded.h"
#include "common/store/record_kind.h"

namespace lianfang::grading {

// On the ledger.
const store::RecordKind& GradeKind();
const store::RecordKind& ReviewKind();
const store::RecordKind& WarningSignKind();
const store::RecordKind& LetterKind();
const store::RecordKind& SelfInspectionKind();
const store::RecordKind& ExaminationKind();
const store::RecordKind& RectificationKind();

// Copies from personnel's and risk's ledgers, without the texts that people wrote: this service
// needs states and factors, not what somebody says of himself.
const store::RecordKind& SelfCheckKind();
const store::RecordKind& RiskPointKind();
const store::RecordKind& MeasureKind();
const store::RecordKind& PostDutyKind();

// Migrations that make the tables; their component is `grading`.
std::span<const EmbeddedFile> Schema();

}  // namespace lianfang::grading
