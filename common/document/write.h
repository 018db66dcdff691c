// A document as a file.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/document/model.h"

namespace lianfang::document {

enum class Format { kPdf, kXlsx, kSvg, kPng, kCsv };

struct File {
  std::string bytes;
  int pages = 0;           // of a PDF
  int unknown_glyphs = 0;  // characters that no font has
  int overflows = 0;       // boxes whose content is larger than they are: none in a right document
};

// Whether the document has what the format shows: tables for XLSX and CSV, exactly one picture for
// SVG and PNG.
bool Shows(const Document& document, Format format);

// The same document gives the same bytes. Takes as long as the pages need; not for threads that
// must not block.
absl::StatusOr<File> Write(const Document& document, Format format);

}  // namespace lianfang::document
