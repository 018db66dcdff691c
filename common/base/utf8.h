#ifndef LIANFANG_COMMON_BASE_UTF8_H_
#define LIANFANG_COMMON_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace lianfang {

// What a byte that belongs to no code point is shown as.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Takes the first code point off `s`. Returns nullopt and leaves `s` as it was when `s` is empty or
// starts with bytes that are not strict UTF-8: an overlong form, a surrogate, a value above
// U+10FFFF, a stray continuation byte or a cut sequence.
std::optional<char32_t> Next(absl::string_view& s);

// As Next, for text that must be shown whatever it is: takes one byte that is not UTF-8 as
// kReplacementCharacter. `s` must not be empty; it always gets shorter.
char32_t NextLossy(absl::string_view& s);

// The offset in bytes of the first byte that starts no strict UTF-8 sequence, or nullopt.
std::optional<size_t> FindInvalidUtf8(absl::string_view s);

bool IsValidUtf8(absl::string_view s);

// Code points in `s`; a byte that is not UTF-8 counts as one.
size_t CountCodePoints(absl::string_view s);

// Appends `c` as UTF-8; a surrogate or a value above U+10FFFF becomes kReplacementCharacter.
void AppendCodePoint(char32_t c, std::string* out);

// True for characters that a reader cannot see or that change how other text is shown: C0, DEL, C1,
// line and paragraph separators, bidirectional marks and overrides, zero-width and other invisible
// format characters, the byte order mark. Tab and line feed are among them here.
bool IsControlCharacter(char32_t c);

// True when `s` holds a control character, or is not UTF-8. With `allow_newlines`, tab and line
// feed are text; carriage return never is.
bool HasControlCharacters(absl::string_view s, bool allow_newlines);

// `s` with every control character and every byte that is not UTF-8 replaced by U+FFFD, so that
// stored text cannot send commands to a terminal. With `keep_newlines`, line feed stays.
std::string Printable(absl::string_view s, bool keep_newlines = false);

// Columns that a terminal gives one code point: 0 for control and combining characters, 2 for East
// Asian wide and fullwidth ones, otherwise 1. Ambiguous ones (“ ” — …) count 1.
int CodePointWidth(char32_t c);

// Columns of `s`; a byte that is not UTF-8 counts 1.
int DisplayWidth(absl::string_view s);

// `text` filled with spaces to `width` columns, after it or before it; unchanged when it is as
// wide.
std::string PadRight(absl::string_view text, int width);
std::string PadLeft(absl::string_view text, int width);

// `text` when it fits in `width` columns; otherwise its longest start that leaves room for the "…"
// that follows it. Never wider than `width`, which may be one column less for a wide character;
// empty when `width` is 0 or less.
std::string TruncateToWidth(absl::string_view text, int width);

}  // namespace lianfang

#endif  // LIANFANG_COMMON_BASE_UTF8_H_
