// The service that several sources beside it carry out parts of.
#pragma once

namespace lianfang::reporting {

inline constexpr char kReportingService[] = "lianfang.reporting.v1.ReportingService";

}  // namespace lianfang::reporting
