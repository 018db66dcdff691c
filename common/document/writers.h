// One writer a format; see write.h.
#pragma once

#include "absl/status/statusor.h"
#include "common/document/model.h"
#include "common/document/write.h"

namespace lianfang::document {

absl::StatusOr<File> WritePdf(const Document& document);
// SVG or PNG of the document's only picture.
absl::StatusOr<File> WritePicture(const Document& document, Format format);
absl::StatusOr<File> WriteXlsx(const Document& document);
absl::StatusOr<File> WriteCsv(const Document& document);

// The only chart, sign or plots of the document: its one section holds nothing else but text.
bool IsOnePicture(const Document& document);

// The lines at the foot of pages and pictures: number and digest; unit, campaign and ledgers.
std::string NumberLine(const Document& document);
std::string OriginLine(const Document& document);

// Takes what Cairo writes.
int TakeBytes(void* into, const unsigned char* data, unsigned int length);

}  // namespace lianfang::document
