// Members beside each other in figures that do not depend on their size. Pure.
#pragma once

#include <optional>
#include <vector>

#include "lianfang/aggregation/v1/aggregation.pb.h"

namespace lianfang::aggregator {

// All figures, in the order of the enumeration.
std::vector<aggregation::v1::ComparedFigure> AllFigures();

// The member's value, from its row; nothing where there is nothing to divide by.
std::optional<double> ValueOf(aggregation::v1::ComparedFigure figure,
                              const reporting::v1::MemberSummary& member);

// The value below which that part of the values lies (0 ≤ part ≤ 1), interpolated between the two
// next to it. `sorted` is ascending and not empty.
double Quantile(const std::vector<double>& sorted, double part);

// Compares the members that have the figure; with five or more, those are outliers that lie further
// from the nearer quartile than one and a half times the distance of the quartiles.
aggregation::v1::Comparison Compare(aggregation::v1::ComparedFigure figure,
                                    const std::vector<reporting::v1::MemberSummary>& members);

}  // namespace lianfang::aggregator
