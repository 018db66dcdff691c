#include "common/document/model.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace lianfang::document {
namespace {

class Bytes {
 public:
  void Add(absl::string_view text) { absl::StrAppend(&bytes_, text.size(), ":", text, ";"); }
  void Add(const std::string& text) { Add(absl::string_view(text)); }
  void Add(const char* text) { Add(absl::string_view(text)); }
  void Add(int64_t number) { absl::StrAppend(&bytes_, "#", number, ";"); }
  void Add(int number) { Add(int64_t{number}); }
  void Add(size_t number) { Add(static_cast<int64_t>(number)); }
  void Add(bool value) { Add(int64_t{value}); }
  void Add(Level level) { Add(static_cast<int64_t>(level)); }
  void Add(const Heading& heading) { Add(heading.text); }
  void Add(const Paragraph& paragraph) {
    Add(paragraph.text);
    Add(static_cast<int64_t>(paragraph.style));
  }
  void Add(const Field& field) {
    Add(field.label);
    Add(field.value);
  }
  void Add(const Grid& grid) { Add(grid.rows); }
  void Add(const Cell& cell) {
    Add(cell.number.has_value());
    Add(cell.Text());
  }
  void Add(const Column& column) { Add(column.heading); }
  void Add(const Row& row) {
    Add(row.cells);
    Add(row.total);
  }
  void Add(const Table& table) {
    Add(table.title);
    Add(table.columns);
    Add(table.rows);
    Add(table.shown);
  }
  void Add(const Signature& place) {
    Add(place.label);
    Add(place.name);
    Add(place.note);
    Add(place.seal);
  }
  void Add(const Signatures& signatures) { Add(signatures.places); }
  void Add(const FlowNode& node) {
    Add(node.title);
    Add(node.lines);
    Add(node.level);
    Add(node.mark);
  }
  void Add(const FlowEdge& edge) {
    Add(edge.from);
    Add(edge.to);
    Add(edge.label);
  }
  void Add(const Flow& flow) {
    Add(flow.nodes);
    Add(flow.edges);
  }
  void Add(const Sign& sign) {
    Add(sign.desk);
    Add(sign.level);
    Add(sign.title);
    Add(sign.subject);
    Add(sign.unit);
    Add(sign.points);
    Add(sign.measures);
    Add(sign.facts);
  }
  void Add(const std::pair<std::string, std::string>& fact) {
    Add(fact.first);
    Add(fact.second);
  }
  void Add(const Series& series) {
    Add(series.name);
    Add(series.level);
    Add(series.values);
  }
  void Add(const Plot& plot) {
    Add(plot.title);
    Add(plot.labels);
    Add(plot.series);
    Add(plot.unit);
  }
  void Add(const Block& block) {
    Add(block.index());
    std::visit([this](const auto& value) { Add(value); }, block);
  }
  void Add(const Section& section) {
    Add(section.title);
    Add(section.subtitle);
    Add(section.blocks);
  }
  template <class T>
  void Add(const std::vector<T>& values) {
    Add(values.size());
    for (const T& value : values) Add(value);
  }

  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

std::string ContentBytes(const Document& document) {
  Bytes bytes;
  bytes.Add(document.title);
  bytes.Add(document.issuer);
  bytes.Add(document.annex);
  bytes.Add(document.campaign);
  bytes.Add(document.sections);
  bytes.Add(document.sheets);
  return bytes.Take();
}

std::vector<const Table*> SheetsOf(const Document& document) {
  std::vector<const Table*> tables;
  for (const Table& sheet : document.sheets) tables.push_back(&sheet);
  if (!tables.empty()) return tables;
  for (const Section& section : document.sections) {
    for (const Block& block : section.blocks) {
      if (const auto* table = std::get_if<Table>(&block)) tables.push_back(table);
    }
  }
  return tables;
}

}  // namespace lianfang::document
