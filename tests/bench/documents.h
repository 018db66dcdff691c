// How fast documents come about.
#pragma once

namespace lianfang::bench {

// 附件8 with 2,000 risk points as PDF and as XLSX, and a school's signs and charts: pages and
// documents a second of processor time, and the most memory that was taken.
void Documents();

}  // namespace lianfang::bench
