// What documents look like, as data: sizes in points, colours that keep a contrast of 4.5 and more
// on white and are told apart in grey.
#pragma once

#include "common/document/model.h"

namespace lianfang::document {

struct Colour {
  double red, green, blue;
};

inline constexpr Colour kBlack = {0.08, 0.08, 0.08};
inline constexpr Colour kGrey = {0.35, 0.35, 0.35};
inline constexpr Colour kLine = {0.25, 0.25, 0.25};
inline constexpr Colour kShade = {0.93, 0.93, 0.93};
inline constexpr Colour kWhite = {1, 1, 1};
inline constexpr Colour kRed = {0.75, 0.07, 0.07};  // 红头

// Serif stands for 宋体, sans for 黑体.
inline constexpr char kSerif[] = "Noto Serif CJK SC";
inline constexpr char kSans[] = "Noto Sans CJK SC";

struct TextStyle {
  const char* family;
  double size;
  bool bold;
  Colour colour = kBlack;
  double leading = 1.35;  // distance of lines, in sizes
};

inline constexpr TextStyle kRedHeadStyle = {kSerif, 26, true, kRed, 1.3};
inline constexpr TextStyle kTitleStyle = {kSerif, 18, true, kBlack, 1.35};
inline constexpr TextStyle kSubtitleStyle = {kSerif, 11, false, kBlack, 1.4};
inline constexpr TextStyle kAnnexStyle = {kSans, 11, false};
inline constexpr TextStyle kHeadingStyle = {kSans, 13, true, kBlack, 1.5};
inline constexpr TextStyle kBodyStyle = {kSerif, 12, false, kBlack, 1.75};
inline constexpr TextStyle kNoteStyle = {kSerif, 9, false, kGrey, 1.4};
inline constexpr TextStyle kHeadCellStyle = {kSans, 9, true, kBlack, 1.3};
inline constexpr TextStyle kCellStyle = {kSerif, 9, false, kBlack, 1.4};
inline constexpr TextStyle kSmallCellStyle = {kSerif, 8, false, kBlack, 1.35};
inline constexpr TextStyle kFieldStyle = {kSerif, 10.5, false, kBlack, 1.4};
inline constexpr TextStyle kLabelStyle = {kSans, 10.5, false, kBlack, 1.4};
inline constexpr TextStyle kFooterStyle = {kSans, 7.5, false, kGrey, 1.3};
inline constexpr TextStyle kSignatureStyle = {kSerif, 12, false, kBlack, 1.5};
inline constexpr TextStyle kNodeStyle = {kSans, 10.5, true, kBlack, 1.3};
inline constexpr TextStyle kNodeLineStyle = {kSerif, 9, false, kBlack, 1.35};
inline constexpr TextStyle kEdgeStyle = {kSerif, 9, false, kGrey, 1.2};
inline constexpr TextStyle kPlotStyle = {kSans, 9, false, kBlack, 1.3};
inline constexpr TextStyle kPlotTitleStyle = {kSans, 12, true, kBlack, 1.4};

// A4.
inline constexpr double kPageWidth = 595.28;
inline constexpr double kPageHeight = 841.89;
inline constexpr double kMargin = 56.7;  // 20 mm
inline constexpr double kTopMargin = 62;
inline constexpr double kBottomMargin = 62;  // the footer stands in it
inline constexpr double kCellPadding = 3.2;
inline constexpr double kThin = 0.6;
inline constexpr double kThick = 1.2;

// How a level looks: colour, word, and a pattern that tells it without colour.
enum class Pattern { kSolid, kStripes, kDots, kOutline };
struct LevelStyle {
  Colour colour;
  const char* word;   // 高
  const char* grade;  // 一级
  Pattern pattern;
  int bars;  // 3 high, 2 medium, 1 low
};
const LevelStyle& StyleOf(Level level);

}  // namespace lianfang::document
